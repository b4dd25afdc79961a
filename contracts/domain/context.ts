import { z } from 'zod';
import { capabilitySchema } from './capability.ts';
import { contextColours } from './context-colours.ts';
import { credentialKinds } from './credential.ts';
import { limits } from './limits.ts';
import { printable } from './printable.ts';
import { signInSchema } from './sign-in.ts';

export const contextIdSchema = z.uuid();

/**
 * Name of a context: what the user types, shown everywhere. Letters with their marks, digits, spaces and plain signs;
 * no outer white space. `suggestName` knows the same.
 */
export const contextNameSchema = z
  .string()
  .min(1)
  .max(limits.contextNameMax)
  .regex(/^[\p{L}\p{N}][\p{L}\p{M}\p{N} ._@()+,&/:#’'–-]*$/u)
  .refine((name) => name.trim() === name);

/** Short word on a context's badge, such as `prod`. Made of what a name may hold. */
export const contextLabelSchema = contextNameSchema.max(limits.contextLabelMax);

export const contextColourSchema = z.enum(contextColours);

/**
 * Whom a service knows, by its own id: `u_…`, `bot:<org>/<name>`, or the subject of a token, which issuers write as they
 * like (RFC 7519, section 4.1.2). One line, with nothing in it that cannot be seen.
 */
export const accountIdSchema = z
  .string()
  .min(1)
  .max(limits.subjectMax)
  .refine((id) => printable(id, Infinity) === id && id.trim() === id);

export const keyLabelSchema = z
  .string()
  .min(1)
  .max(limits.keyLabelMax)
  .regex(/^[^\p{Cc}]+$/u);

/**
 * `pending`: the key is made but the service does not know it yet. `signed_out`: there is no credential; signing in
 * again makes one.
 */
export const contextStateSchema = z.enum(['pending', 'active', 'signed_out']);

export const contextSummarySchema = z.strictObject({
  id: contextIdSchema,
  name: z.string(),
  colour: contextColourSchema,
  label: z.string().nullable(),
  /** Serialized origin, for example `https://kheeper.example`. */
  origin: z.string(),
  /** `host[:port]`: what Podman and Docker call the registry. */
  host: z.string(),
  serviceName: z.string(),
  userId: z.string(),
  /** Slug of the organization that it acts in; null for the one that its service takes by itself, or none. */
  org: z.string().nullable(),
  /** What signs it in; null while it is signed out. */
  credential: z.enum(credentialKinds).nullable(),
  /** When an API key or a session ends, RFC 3339; null for never, and for keys, of which a context may have many. */
  endsAt: z.string().nullable(),
  state: contextStateSchema,
  signIn: signInSchema,
  current: z.boolean(),
  hasRegistry: z.boolean(),
  hasDashboard: z.boolean(),
  /** Whether a token of its service's keeper may sign it in: not once it was signed out of something else. */
  takesTokens: z.boolean(),
  /** Whom the last token was for that signed it in, whose or its provider's; null where none names one audience. */
  audience: z.string().nullable(),
  /** Which pages it has a use for. */
  capabilities: z.array(capabilitySchema),
  /** Longest life of a token that it makes for people and programs, seconds; null where it makes none. */
  maxTokenTtl: z.number().int().positive().nullable(),
  /** RFC 3339. */
  createdAt: z.string(),
});

export type ContextSummary = z.infer<typeof contextSummarySchema>;
