/** What a manifest is asked for by. */
export type Reference = { kind: 'tag'; tag: string } | { kind: 'digest'; digest: string };

/** Hash functions that content may be named by (OCI image specification 1.1, "Registered algorithms"). */
export type DigestAlgorithm = 'sha256' | 'sha512';

const tagPattern = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const digestPattern = /^(?:sha256:[a-f0-9]{64}|sha512:[a-f0-9]{128})$/;

/** Whether this is a tag (OCI distribution specification 1.1, "Pulling manifests"). */
export function isTag(text: string): boolean {
  return tagPattern.test(text);
}

/** Whether this is a digest with a registered algorithm, in its only spelling: lower-case hex of the full length. */
export function isDigest(text: string): boolean {
  return digestPattern.test(text);
}

/** The two parts of a digest. Takes only what `isDigest` accepts. */
export function splitDigest(digest: string): { algorithm: DigestAlgorithm; hex: string } {
  const algorithm = digest.startsWith('sha256:') ? 'sha256' : 'sha512';
  return { algorithm, hex: digest.slice(algorithm.length + 1) };
}

/**
 * Reads the last part of a manifest's address.
 *
 * @returns The reference; `'bad-digest'` when it has a colon (no tag has) and is no digest; `'bad-tag'` else.
 */
export function parseReference(text: string): Reference | 'bad-digest' | 'bad-tag' {
  if (isDigest(text)) return { kind: 'digest', digest: text };
  if (text.includes(':')) return 'bad-digest';
  return isTag(text) ? { kind: 'tag', tag: text } : 'bad-tag';
}
