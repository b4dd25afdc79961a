/**
 * How a secret is copied: itself, as the field of a request (RFC 6750, section 2.1), as commands for curl and HTTPie in a
 * POSIX shell, as a call of `fetch`, as a line of `.netrc` and as one of `.env`.
 */
export const clientForms = ['raw', 'header', 'curl', 'httpie', 'fetch', 'netrc', 'env'] as const;
export type ClientForm = (typeof clientForms)[number];

/** The variable by which scripts and programs know an API key or token. */
export const secretVariable = 'KISENON_API_KEY';

/**
 * A text by which other programs use a secret, as it is when it is pasted: all that ask the service ask who the secret
 * stands for. Neither part may hold a quote: secrets are base64url with dots, and origins are what `parseOrigin` lets pass.
 *
 * @param origin - Serialized origin of the service.
 * @param secret - What stands in the place of the secret, also where the text is only to be looked at.
 */
export function clientLine(form: ClientForm, origin: string, secret: string): string {
  const field = `Authorization: Bearer ${secret}`;
  const url = `${origin}/v1/whoami`;
  switch (form) {
    case 'raw':
      return secret;
    case 'header':
      return field;
    case 'curl':
      return `curl -H '${field}' '${url}'`;
    case 'httpie':
      // Named as such, it comes before what `.netrc` says of the host.
      return `http --ignore-stdin -A bearer -a '${secret}' '${url}'`;
    case 'fetch':
      return `await (await fetch('${url}', { headers: { authorization: 'Bearer ${secret}' } })).json()`;
    case 'netrc':
      // Any user name will do. The file knows hosts without ports, and IPv6 addresses without brackets.
      return `machine ${origin.replace(/^\w+:\/\/\[?|\]?(?::\d+)?$/g, '')} login keyhold password ${secret}\n`;
    case 'env':
      return `${secretVariable}=${secret}\n`;
  }
}
