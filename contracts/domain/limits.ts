/** Limits that both sides show and main enforces. Lengths in characters, times in seconds. */
export const limits = {
  passphraseMin: 10,
  passphraseMax: 1024,
  contextNameMax: 40,
  contextLabelMax: 20,
  keyLabelMax: 60,
  /** Private key that is imported, as text. */
  keyTextMax: 16 * 1024,
  addressMax: 255,
  userIdMax: 64,
  ttlTextMax: 16,
  /** Text by which a list is filtered. */
  filterMax: 100,
  /** Longest token that is taken apart to be looked at, characters. */
  inspectMax: 16 * 1024,
  /** Shortest manual token, seconds. */
  ttlMin: 60,
  /** Life of a registration token, seconds. */
  registrationTtl: 10 * 60,
  /** Life of a token that the credential helper hands out, seconds. */
  registryTtl: 15 * 60,
  /** How far `iat` and `nbf` lie back, seconds, so that a slow server clock does not refuse a fresh token. */
  backdate: 30,
  /** How long a copied secret stays on the clipboard, seconds. */
  clipboard: 30,
} as const;
