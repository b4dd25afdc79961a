/** Limits that both sides show and main enforces. Lengths in characters, times in seconds. */
export const limits = {
  passphraseMin: 10,
  passphraseMax: 1024,
  /** Least strength of a new passphrase, of 0 to 4. */
  strengthMin: 2,
  /** A recovery code as it may be typed, with spaces. */
  recoveryCodeMax: 200,
  contextNameMax: 40,
  contextLabelMax: 20,
  keyLabelMax: 60,
  /** Private key that is imported, as text, with the certificates that may be beside it. */
  keyTextMax: 64 * 1024,
  /** Address of a service: more than any origin has, whose host has 254 at most. */
  addressMax: 300,
  /** A user id, or a bot with its organization. */
  userIdMax: 100,
  /** Whom a service knows, as the issuer of a token writes it. */
  subjectMax: 255,
  emailMax: 254,
  /** A user name, or the e-mail address that stands for it, and a password, as somebody signs in with them. */
  loginNameMax: 254,
  passwordMax: 1024,
  /** Addresses that are invited at once. */
  inviteesMax: 50,
  /** The code that a browser shows at the end of a sign-in, with what comes along when it is copied. */
  loginCodeMax: 100,
  ttlTextMax: 16,
  /** Size of a backup file, bytes: more than ten thousand contexts take. */
  backupBytes: 16 * 1024 * 1024,
  /** Contexts of a backup that the preview of a restore names; the others are counted. */
  previewRows: 200,
  /** What is shown of a service's own words about a refusal. */
  serviceWordsMax: 200,
  /** Text by which a list is filtered. */
  filterMax: 100,
  /** Longest token that is taken apart to be looked at, characters. */
  inspectMax: 16 * 1024,
  /** Shortest manual token, seconds. */
  ttlMin: 60,
  /** Longest life of a token, seconds: a hundred years. What a service allows beyond that is not used. */
  ttlMax: 100 * 365 * 24 * 3600,
  /** Life of a registration token, seconds. */
  registrationTtl: 10 * 60,
  /** Life of a token that the credential helper hands out, seconds. */
  registryTtl: 15 * 60,
  /** How long a question whether a program may use a context waits for its answer, seconds. */
  approvalWait: 60,
  /** How far `iat` and `nbf` lie back, seconds, so that a slow server clock does not refuse a fresh token. */
  backdate: 30,
  /** Shortest and longest time that a copied secret may stay on the clipboard, seconds. */
  clipboardMin: 10,
  clipboardMax: 300,
  /** Shortest and longest time without input until the vault locks by itself, minutes. */
  autoLockMin: 1,
  autoLockMax: 240,
  /** Shortest and longest time that programs' uses alone may keep the vault open, minutes. */
  programsKeepOpenMin: 30,
  programsKeepOpenMax: 480,
  /** Difference between a service's clock and ours that tokens put up with, seconds. */
  clockSkew: 15,
} as const;
