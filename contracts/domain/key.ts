import { z } from 'zod';

/** What the window may know of a key: never the private part. Times are RFC 3339. */
export const keySummarySchema = z.strictObject({
  id: z.uuid(),
  contextId: z.uuid(),
  label: z.string(),
  /** RFC 7638 thumbprint of the public JWK. */
  kid: z.string(),
  /** `SHA256:` and the base64 form, unpadded, of the SHA-256 of the 32 public key bytes. */
  fingerprint: z.string(),
  createdAt: z.string(),
  registeredAt: z.string().nullable(),
  lastUsedAt: z.string().nullable(),
});

export type KeySummary = z.infer<typeof keySummarySchema>;
