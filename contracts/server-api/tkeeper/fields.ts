import { z } from 'zod';

/**
 * Fields that several requests and answers of a keeper have. Requests are shaped here; what their values mean is checked
 * where the operation is, so that each is refused by the keeper's own code, and only to who may ask.
 */

/** Any text: what is no key id is refused before it is asked who may use that key. */
export const anyKeyIdSchema = z.string();

/** Standard base64 with padding, checked when it is read. */
export const base64Schema = z.string();

/** Of a key: 1, 2, 3 … */
export const generationSchema = z.int().min(1).max(0x7f_ff_ff_ff);

/** What belongs to owners and authorities. */
export const ownerPattern = /^[a-z0-9]+(?:[-_:/][a-z0-9]+)*$/;
export const ownerMax = 255;

/** Who may have a key sign what. `oci`: a program that decides it, by its address. */
export const authoritySchema = z.strictObject({
  id: z.string(),
  oci: z.string().min(1).nullish(),
});

const instantUnitSchema = z.enum(['MILLISECONDS', 'SECONDS']);

/** The end of something: a time since 1970 in the unit; without one there is no end. */
export const notAfterSchema = z.strictObject({
  unit: instantUnitSchema,
  notAfter: z.int().nullish(),
});
export type NotAfter = z.infer<typeof notAfterSchema>;

/**
 * What a key is good for, and until when: `apply` for signing and encrypting, `process` for verifying and decrypting.
 * `fourEye` is known for its name alone.
 */
export const policySchema = z.strictObject({
  apply: notAfterSchema.nullish(),
  process: notAfterSchema.nullish(),
  fourEye: z.record(z.string(), z.unknown()).nullish(),
  allowHistoricalProcess: z.boolean().default(true),
});
export type KeySetPolicy = z.output<typeof policySchema>;

/** What others allowed beforehand: known for its name alone. */
export const approvalsSchema = z.record(z.string(), z.unknown()).nullish();

/** Names a key made from another: known for its name alone. */
export const tweakSchema = z.string().nullish();

/** A whole number of a query, in digits. */
export function numberOfQuery(least: number, most: number) {
  return z
    .string()
    .regex(/^\d{1,16}$/, 'Must be a whole number, in digits')
    .transform(Number)
    .pipe(z.int().min(least).max(most));
}

/** Where a list goes on, as the page before said. */
export const cursorSchema = z.string().min(1).max(1024);
