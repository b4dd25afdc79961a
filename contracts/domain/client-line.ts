import { controlMePath, pastedFields, type PastedForm } from './pasted-token.ts';

/**
 * How a secret is copied: itself, as the field of a request (RFC 6750, section 2.1), as commands for curl and HTTPie in a
 * POSIX shell, as a call of `fetch`, as a line of `.netrc` and as one of `.env`.
 */
export const clientForms = ['raw', 'header', 'curl', 'httpie', 'fetch', 'netrc', 'env'] as const;
export type ClientForm = (typeof clientForms)[number];

/** The variable by which scripts and programs know an API key or token. */
export const secretVariable = 'KISENON_API_KEY';

/** How a service takes a secret, and where it says whom that stands for. */
export interface SecretField {
  /** Name of the field of a request. */
  name: string;
  /** What stands before the secret in it. */
  scheme: '' | 'Bearer ';
  path: string;
}

const bearerField: SecretField = { name: 'Authorization', scheme: 'Bearer ', path: '/v1/whoami' };

/** Of a keeper, by the form of its token. */
export function keeperField(form: PastedForm): SecretField {
  return { name: pastedFields[form], scheme: '', path: controlMePath };
}

/** The forms in which a secret is copied that goes into a field of its own: other programs know none of its kind. */
export const fieldForms = [
  'raw',
  'header',
  'curl',
  'httpie',
  'fetch',
] as const satisfies readonly ClientForm[];

/**
 * A text by which other programs use a secret, as it is when it is pasted: all that ask the service ask who the secret
 * stands for. No part may hold a quote: secrets are base64url with dots, or without quotes and spaces, and origins are what
 * `parseOrigin` lets pass.
 *
 * @param origin - Serialized origin of the service.
 * @param secret - What stands in the place of the secret, also where the text is only to be looked at.
 * @param use - With another one than that of RFC 6750, `form` is one of `fieldForms`.
 */
export function clientLine(
  form: ClientForm,
  origin: string,
  secret: string,
  { name, scheme, path }: SecretField = bearerField,
): string {
  const field = `${name}: ${scheme}${secret}`;
  const url = `${origin}${path}`;
  switch (form) {
    case 'raw':
      return secret;
    case 'header':
      return field;
    case 'curl':
      return `curl -H '${field}' '${url}'`;
    case 'httpie':
      // Named as such, it comes before what `.netrc` says of the host.
      return scheme === ''
        ? `http --ignore-stdin '${url}' '${name}:${secret}'`
        : `http --ignore-stdin -A bearer -a '${secret}' '${url}'`;
    case 'fetch':
      return `await (await fetch('${url}', { headers: { '${name.toLowerCase()}': '${scheme}${secret}' } })).json()`;
    case 'netrc':
      // Any user name will do. The file knows hosts without ports, and IPv6 addresses without brackets.
      return `machine ${origin.replace(/^\w+:\/\/\[?|\]?(?::\d+)?$/g, '')} login keyhold password ${secret}\n`;
    case 'env':
      return `${secretVariable}=${secret}\n`;
  }
}
