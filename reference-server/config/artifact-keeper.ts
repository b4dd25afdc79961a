import { resolve } from 'node:path';
import { z } from 'zod';
import type { FailureRule } from '../limits/failure-counter.ts';
import { ldapSchema } from './ldap.ts';
import type { LdapSettings } from './ldap.ts';
import { oidcSchema } from './oidc.ts';
import type { Provider } from './provider.ts';

/** What a secret that signs tokens has at least, bytes (RFC 7518, section 3.2). */
const leastSecret = 32;

/** Parts of secrets that stand in examples and are known to everybody. */
const placeholder = /change.?(?:me|this|it)|your.{0,12}secret|placeholder|example|insecure|password|default/i;

/**
 * What is wrong with a secret that signs tokens; null for nothing. A secret that can be guessed lets everybody be an
 * administrator.
 */
export function secretProblem(secret: string): string | null {
  if (Buffer.byteLength(secret) < leastSecret) return `has less than ${String(leastSecret)} bytes`;
  if (placeholder.test(secret)) return 'is a known placeholder';
  return bitsOf(secret) < 96 ? 'can be guessed' : null;
}

/** What a text is worth by how often its characters come up, in bits; those that follow from the one before are worth nothing. */
function bitsOf(text: string): number {
  const characters = Array.from(text);
  const free = characters.filter((character, index) => {
    const step = (character.codePointAt(0) ?? 0) - (characters[index - 1]?.codePointAt(0) ?? -9);
    return Math.abs(step) > 1;
  });
  const alike = [...Map.groupBy(free, (character) => character).values()];
  return alike.reduce((sum, { length }) => sum + length * Math.log2(free.length / length), 0);
}

const secretSchema = z.string().check(({ value, issues }) => {
  const problem = secretProblem(value);
  if (problem === null) return;
  const message = `Must be a strong secret: it ${problem}. Make one with: openssl rand -base64 64`;
  issues.push({ code: 'custom', message, input: '' });
});

const day = 86_400;

/** What the config file says under `artifact-keeper`; the environment has the same names in upper case. */
export const artifactKeeperSchema = z
  .strictObject({
    jwt_secret: secretSchema.optional(),
    jwt_access_token_expiry: z.int().min(60).max(day).optional(),
    jwt_refresh_token_expiry: z
      .int()
      .min(300)
      .max(365 * day)
      .optional(),
    rate_limit_login: z.int().min(1).max(1000).optional(),
    rate_limit_window: z.int().min(1).max(day).optional(),
    audit_log_enabled: z.boolean().optional(),
    audit_log_path: z.string().min(1).max(4096).optional(),
    ldap: ldapSchema.optional(),
    oidc: oidcSchema.optional(),
  })
  .refine(
    ({ audit_log_enabled: enabled, audit_log_path: path }) => enabled !== true || path !== undefined,
    'Must have audit_log_path, with audit_log_enabled',
  );

/** What the environment says of these settings: each has the config file's name in upper case, such as `LDAP_BASE_DN`. */
export function artifactKeeperEnvironment(env: NodeJS.ProcessEnv): Record<string, unknown> {
  const plain = Object.entries(artifactKeeperSchema.shape).filter(
    ([key]) => key !== 'ldap' && key !== 'oidc',
  );
  const ldap = valuesOf(env, ldapSchema.shape, 'LDAP_');
  const oidc = valuesOf(env, oidcSchema.shape, 'OIDC_');
  return {
    ...valuesOf(env, Object.fromEntries(plain), ''),
    ...(Object.keys(ldap).length === 0 ? {} : { ldap }),
    ...(Object.keys(oidc).length === 0 ? {} : { oidc }),
  };
}

function valuesOf(
  env: NodeJS.ProcessEnv,
  shape: Readonly<Record<string, z.ZodType>>,
  prefix: string,
): Record<string, unknown> {
  const given = Object.entries(shape).flatMap(([key, schema]) => {
    const text = env[`${prefix}${key.toUpperCase()}`];
    return text === undefined ? [] : [[key, valueOf(schema, text)] as const];
  });
  return Object.fromEntries(given);
}

/** A number or a switch, where a setting is one; else the text, which the schema refuses by its own words. */
function valueOf(schema: z.ZodType, text: string): unknown {
  if (schema.safeParse(text).success) return text;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  return text === 'true' || text === 'false' ? text === 'true' : text;
}

/** Sign-in by sessions that renew themselves, checked. */
export interface ArtifactKeeperSettings {
  /** Signs access and refresh tokens; null for one that the server makes and keeps. */
  jwtSecret: string | null;
  /** Life of an access token, seconds. */
  accessSeconds: number;
  /** How long a session goes on after its last renewal, seconds. */
  refreshSeconds: number;
  /** How many sign-ins of one name may fail. */
  signIns: FailureRule;
  /** File that the audit log is written to as well; null for none. */
  auditFile: string | null;
  /** The directory that people sign in with; null for none. */
  ldap: LdapSettings | null;
  /** The provider that people sign in with; null for none. */
  oidc: Provider | null;
}

/** The settings with what holds where nothing is said. */
export function artifactKeeperSettings(
  input: z.output<typeof artifactKeeperSchema> = {},
  ldap: LdapSettings | null = null,
  oidc: Provider | null = null,
): ArtifactKeeperSettings {
  return {
    jwtSecret: input.jwt_secret ?? null,
    accessSeconds: input.jwt_access_token_expiry ?? 900,
    refreshSeconds: input.jwt_refresh_token_expiry ?? 7 * day,
    signIns: { failures: input.rate_limit_login ?? 5, windowSeconds: input.rate_limit_window ?? 300 },
    auditFile: input.audit_log_enabled === true ? resolve(input.audit_log_path ?? '') : null,
    ldap,
    oidc,
  };
}
