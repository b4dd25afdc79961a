/** The package has no types of its own; this is what is used of it. */
declare module 'bcrypt-pbkdf' {
  /** One bcrypt hash of 32 bytes over two SHA-512 digests. */
  function hash(passphraseDigest: Uint8Array, saltDigest: Uint8Array, out: Uint8Array): void;
  const bcrypt: { hash: typeof hash };
  export default bcrypt;
}
