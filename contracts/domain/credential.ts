// What signs contexts in. Without schemas, so that the window can use it.

/** What can sign a context in. docs/adr/0025-credentials.md says what each kind does. */
export const credentialKinds = ['key', 'api-key', 'session', 'pasted'] as const;
export type CredentialKind = (typeof credentialKinds)[number];

/** What people call one of each kind, within a sentence. */
export const credentialNames: Readonly<Record<CredentialKind, string>> = {
  key: 'key',
  'api-key': 'API key',
  session: 'session',
  pasted: 'token',
};

/** As `credentialNames`, with the article before it. */
export function aCredential(kind: CredentialKind): string {
  return `${kind === 'api-key' ? 'an' : 'a'} ${credentialNames[kind]}`;
}
