import * as fc from 'fast-check';
import { namedIn, readingOf, type NamedHelper } from '../../../../main/core/registries/client-reading.ts';

/** Which helper Podman finds named in a file for a host. */
export function namedHelper(text: string | null, host: string): NamedHelper {
  return namedIn('podman', readingOf('podman', text), host);
}

/** Base64 and hex texts that cannot stand in a file by chance. */
export const secret = fc
  .uint8Array({ minLength: 12, maxLength: 40 })
  .map((bytes) => `s3cr${Buffer.from(bytes).toString('hex')}`);

export const hostName = fc
  .tuple(fc.constantFrom('registry', 'images', 'build', 'mirror'), fc.integer({ min: 1, max: 65_535 }))
  .map(([name, port]) => `${name}.example:${port}`);

const credentials = fc.record(
  {
    auth: secret,
    password: secret,
    identitytoken: secret,
    registrytoken: secret,
    username: fc.constant('maya'),
  },
  { requiredKeys: [] },
);

const unknownKey = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }).map((key) => `x-${key}`);

export interface AuthFileCase {
  value: Record<string, unknown>;
  text: string;
}

/** JSON as people and programs lay it out: indented in several ways or on one line, line ends of both kinds. */
function layOut(value: unknown, indent: string | undefined, lineEnd: string, end: string): string {
  return `${JSON.stringify(value, null, indent).replaceAll('\n', lineEnd)}${end}`;
}

const content = fc.record(
  {
    auths: fc.dictionary(hostName, credentials, { maxKeys: 3 }),
    credHelpers: fc.dictionary(hostName, fc.constantFrom('other', 'secretservice'), {
      minKeys: 1,
      maxKeys: 3,
    }),
    credsStore: fc.constant('pass'),
  },
  { requiredKeys: [] },
);

/** An auth file that holds passwords, other helpers and members that no version knows. */
export const authFile: fc.Arbitrary<AuthFileCase> = fc
  .tuple(
    content,
    fc.dictionary(unknownKey, fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 }),
    fc.boolean(),
    fc.constantFrom(undefined, '  ', '\t', '    '),
    fc.constantFrom('\n', '\r\n'),
    fc.constantFrom('', '\n', '\r\n', '\n\n', '  '),
  )
  .map(([known, unknown, unknownFirst, indent, lineEnd, end]) => {
    const value = unknownFirst ? { ...unknown, ...known } : { ...known, ...unknown };
    return { value, text: layOut(value, indent, lineEnd, end) };
  });
