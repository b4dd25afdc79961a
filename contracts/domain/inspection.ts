import { z } from 'zod';
import { keyValiditySchema } from './key.ts';

/**
 * Why a text is no JWT in compact form (RFC 7515, section 7.1).
 *
 * - `empty`: there is nothing.
 * - `parts`: it has not three parts with dots between them.
 * - `encrypted`: it has five: an encrypted token (RFC 7516), which only its receiver can read.
 * - `character`: a character that base64url does not have.
 * - `length`: a part that cannot be the base64url of whole bytes.
 * - `utf8`: the bytes of a part are not UTF-8 text.
 * - `json`: the text of a part is not JSON.
 * - `depth`: the text of a part is nested more deeply than any token is.
 * - `object`: the text of a part is JSON, but no object.
 */
export const malformationSchema = z.enum([
  'empty',
  'parts',
  'encrypted',
  'character',
  'length',
  'utf8',
  'json',
  'depth',
  'object',
]);
export type Malformation = z.infer<typeof malformationSchema>;

const tokenPartSchema = z.enum(['header', 'claims', 'signature']);
export type TokenPart = z.infer<typeof tokenPartSchema>;

/** Whose key a signature was held against; without a context when that was removed. */
const signerShape = {
  contextId: z.uuid().nullable(),
  contextName: z.string().nullable(),
  keyLabel: z.string(),
  fingerprint: z.string(),
  key: keyValiditySchema,
};

/**
 * What can be said of a token's signature.
 *
 * - `verified`: a key of one of the contexts made it; `named` when the token names that key.
 * - `wrong`: the token names a key of one of the contexts, but that key did not make the signature.
 * - `key_unknown`: made by a key that no context has, so it could not be checked.
 * - `unsigned`: the header says `none` (RFC 7518, section 3.6): anyone can write such a token.
 * - `missing`: the header names an algorithm, but there is no signature.
 * - `shared_secret`: only who has the issuer's secret could check it (HS256 and the like).
 * - `alg_unknown`: the header names an algorithm that Keyhold does not know.
 * - `alg_missing`: the header names none.
 */
export const signatureVerdictSchema = z.discriminatedUnion('state', [
  z.strictObject({ state: z.literal('verified'), named: z.boolean(), ...signerShape }),
  z.strictObject({ state: z.literal('wrong'), ...signerShape }),
  z.strictObject({
    state: z.enum(['key_unknown', 'unsigned', 'missing', 'shared_secret', 'alg_unknown', 'alg_missing']),
  }),
]);
export type SignatureVerdict = z.infer<typeof signatureVerdictSchema>;

/** `unreadable`: `exp` or `nbf` is there, but is no time (RFC 7519, section 2: NumericDate). */
export const timeVerdictSchema = z.enum(['valid', 'expired', 'not_yet', 'no_expiry', 'unreadable']);
export type TimeVerdict = z.infer<typeof timeVerdictSchema>;

/**
 * Whether a token is for a service that we know: `known` for that of the context; `wrong` when one context's
 * key signed it, but for another audience; `foreign` when no context is of that audience; `missing` without one.
 */
const audienceVerdictSchema = z.discriminatedUnion('state', [
  z.strictObject({ state: z.literal('known'), contextName: z.string() }),
  z.strictObject({ state: z.literal('wrong'), expected: z.string() }),
  z.strictObject({ state: z.enum(['foreign', 'missing']) }),
]);
export type AudienceVerdict = z.infer<typeof audienceVerdictSchema>;

/** One member of the header or the claims. Times are RFC 3339; what is no plain text is JSON. */
const tokenMemberSchema = z.strictObject({
  name: z.string(),
  kind: z.enum(['text', 'time', 'json']),
  value: z.string(),
});
export type TokenMember = z.infer<typeof tokenMemberSchema>;

/**
 * - `crit`: the header asks for extensions that must be understood (RFC 7515, section 4.1.11), which we do not.
 * - `own_key`: the token brings a key or the address of one; such a key proves nothing and was not used.
 * - `user`: the signing context's user is not the token's subject or issuer.
 */
const inspectionNoteSchema = z.enum(['crit', 'own_key', 'user']);
export type InspectionNote = z.infer<typeof inspectionNoteSchema>;

export const inspectionSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('malformed'),
    problem: malformationSchema,
    part: tokenPartSchema.nullable(),
    /** Place of the fault in the text as it was given, from 1; null when it has no single place. */
    position: z.number().int().positive().nullable(),
  }),
  z.strictObject({
    kind: z.literal('decoded'),
    algorithm: z.string().nullable(),
    header: z.array(tokenMemberSchema),
    claims: z.array(tokenMemberSchema),
    signature: signatureVerdictSchema,
    time: timeVerdictSchema,
    audience: audienceVerdictSchema,
    notes: z.array(inspectionNoteSchema),
  }),
]);
export type Inspection = z.infer<typeof inspectionSchema>;
export type DecodedToken = Extract<Inspection, { kind: 'decoded' }>;
