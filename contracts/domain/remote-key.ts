// Keys that a service keeps. Without schemas, so that the window can use it.

/** Text that is signed or encrypted here, or shown as it was decrypted, characters; bytes of a file. */
export const remoteTextMax = 100_000;
export const remoteFileMax = 4 * 1024 * 1024;
/** Characters of base64 that fit into one request: of a file that was encrypted too. */
export const remoteBase64Max = 8 * 1024 * 1024;

export const remoteKeyAlgorithms = ['ED25519', 'P256', 'SECP256K1'] as const;
export type RemoteKeyAlgorithm = (typeof remoteKeyAlgorithms)[number];

export const signatureSchemes = ['EdDSA', 'ECDSA', 'BIP340'] as const;
export type SignatureScheme = (typeof signatureSchemes)[number];

export const hashMethods = ['NONE', 'SHA256', 'SHA512', 'KECCAK256'] as const;
export type HashMethod = (typeof hashMethods)[number];

export const keeperStates = ['UNINITIALIZED', 'SEALED', 'UNSEALED'] as const;
export type KeeperState = (typeof keeperStates)[number];

export const remoteKeyStates = [
  'ACTIVE',
  'DISABLED',
  'APPLY_EXPIRED',
  'EXPIRED',
  'DESTROYED',
  'UNKNOWN',
] as const;
export type RemoteKeyState = (typeof remoteKeyStates)[number];
