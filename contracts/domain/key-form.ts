import { z } from 'zod';

/**
 * What a text is that holds no private Ed25519 key which Keyhold can read. The words:
 * renderer/features/keys/key-form-words.ts
 */
export const keyFormSchema = z.enum([
  // Only public
  'public_key',
  'certificate',
  'certificate_request',
  // Private, of another kind
  'rsa',
  'dsa',
  'ecdsa',
  'x25519',
  'x448',
  'ed448',
  'security_key',
  'symmetric',
  'age',
  'pgp',
  'cosign',
  // Of whatever kind, in a form that is not read
  'putty',
  'pkcs12',
  'java_keystore',
  'jwe',
  'minisign',
  'unknown',
  'bare_bytes',
  // Its protection is what cannot be opened, or takes more work than anybody needs
  'chacha20',
  'too_costly',
]);
export type KeyForm = z.infer<typeof keyFormSchema>;

/** The forms that are read. */
export const readForms = ['openssh', 'pkcs8', 'jwk'] as const;
