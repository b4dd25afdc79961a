import { z } from 'zod';
import { limits } from '../domain/limits.ts';
import { serializeOrigin } from '../domain/origin.ts';
import { printable } from '../domain/printable.ts';
import { repositoryNameMax, repositoryNamePattern } from '../domain/repository-name.ts';
import { botSubjectPattern, slug, userIdPattern } from '../domain/user-id.ts';

const slugSchema = z
  .string()
  .regex(new RegExp(`^${slug}$`), 'Must be lower-case letters, digits and inner hyphens');

/** An instant as RFC 3339 text in UTC with milliseconds, such as `2026-11-24T08:15:00.000Z`. */
export const instantSchema = z.iso.datetime();

/** Scheme, host and port of a server, in the one spelling of `serializeOrigin`: `https://keyhold.example:8970`. */
export const originSchema = z
  .string()
  .max(limits.addressMax)
  .refine((text) => serializeOrigin(text) === text, 'Must be an origin such as https://keyhold.example');

/** A user's id. */
export const userIdSchema = z.string().regex(userIdPattern, 'Must be a user id such as u_…');

/** Name of a bot, unique in its organization. */
export const botNameSchema = slugSchema;

/** A bot as people write it: its name, or its organization before it, `acme/ci`. */
export const botReferenceSchema = z
  .string()
  .regex(new RegExp(`^(?:${slug}/)?${slug}$`), 'Must be a bot such as acme/ci');

/** How a bot names itself in tokens (`iss`, `sub`): `bot:<org>/<name>`. */
export const botSubjectSchema = z.string().regex(botSubjectPattern, 'Must be a bot such as bot:acme/ci');

/** Who signs a token: a user by id, a bot by its name. */
export const subjectSchema = z.union(
  [userIdSchema, botSubjectSchema],
  'Must be a user id such as u_… or a bot such as bot:acme/ci',
);

/** RFC 7638 SHA-256 thumbprint of a public key: 43 base64url characters. */
export const kidSchema = z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'Must be a key id of 43 characters');

/**
 * How people compare keys: `SHA256:` and the base64 form (standard alphabet, no padding) of the SHA-256 of the raw
 * 32-byte Ed25519 public key.
 */
export const fingerprintSchema = z
  .string()
  .regex(/^SHA256:[A-Za-z0-9+/]{43}$/, 'Must be a fingerprint such as SHA256:…');

/** How many UTF-16 units one can become in another spelling (UAX #15, "Detecting Normalization Forms"). */
const longestSpelling = 4;

/**
 * Text on one line of which everything can be seen: nothing that hides, turns it around or looks like a space. Letters
 * with marks count in their one spelling (Unicode normalization form C). Of a text that is too long in any spelling that
 * is not looked for: the time for it goes by the square of the number of marks.
 */
export function lineSchema(least: number, most: number) {
  return z
    .string()
    .overwrite((text) => (text.length <= most * longestSpelling ? text.normalize('NFC') : text))
    .min(least)
    .max(most)
    .refine((text) => printable(text, most) === text, 'Must be one line of characters that can be seen')
    .regex(/^(?!\s)(?!.*\s$)/u, 'Must not begin or end with a space');
}

/** A key's label: 1 to 64 characters on one line. */
export const keyNameSchema = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]+$/u, 'Must be one line without control characters');

/** Name of an organization in addresses. */
export const orgSlugSchema = slugSchema;

/** Full name of a repository, `acme/web` or `acme/web/cache`. */
export const repositoryNameSchema = z
  .string()
  .max(repositoryNameMax)
  .regex(repositoryNamePattern, 'Must be a repository name such as acme/web or acme/web/cache');

/** Roles in an organization, weakest first. */
export const orgRoleSchema = z.enum(['viewer', 'member', 'admin', 'owner']);
export type OrgRole = z.infer<typeof orgRoleSchema>;
