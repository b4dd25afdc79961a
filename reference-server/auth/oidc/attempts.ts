import { createHash, randomBytes } from 'node:crypto';
import type { ServerContext } from '../../context.ts';

/** How long a sign-in at a provider may take, seconds. */
export const attemptSeconds = 600;

/** 256 random bits in base64url: the `state`, and what a browser keeps beside it. */
const secretPattern = /^[\w-]{43}$/;

/** A sign-in at a provider that has begun. */
export interface Attempt {
  /** Id of the provider. */
  provider: string;
  nonce: string;
  codeVerifier: string;
  /** Path of this server to go on to. */
  returnTo: string;
}

/** What a browser keeps while it is at a provider: what it has already, or something new. */
export function browserSecret(kept: string | undefined): string {
  return kept !== undefined && secretPattern.test(kept) ? kept : newSecret();
}

/**
 * Remembers a sign-in that begins in a browser.
 *
 * @param browser - `browserSecret` of the one that may finish it.
 * @returns The `state`, which comes back with the provider's answer (RFC 6749, section 4.1.1).
 */
export async function keepAttempt(
  context: ServerContext,
  browser: string,
  { provider, nonce, codeVerifier: code_verifier, returnTo: return_to }: Attempt,
): Promise<string> {
  const state = newSecret();
  const now = context.now();
  const expires_at = new Date(now.getTime() + attemptSeconds * 1000).toISOString();
  const row = { state_hash: hashOf(browser, state), provider, nonce, code_verifier, return_to, expires_at };
  await context.write({}, async (tx) => {
    await tx.deleteFrom('oidc_attempts').where('expires_at', '<=', now.toISOString()).execute();
    await tx.insertInto('oidc_attempts').values(row).execute();
  });
  return state;
}

/**
 * Gives the sign-in that a browser began, once: null where it began none with this `state`, has finished it already, or
 * took too long.
 */
export async function takeAttempt(
  context: ServerContext,
  browser: string | undefined,
  state: unknown,
): Promise<Attempt | null> {
  if (browser === undefined || typeof state !== 'string') return null;
  if (!secretPattern.test(browser) || !secretPattern.test(state)) return null;
  const hash = hashOf(browser, state);
  // Made-up ones write nothing.
  const known = context.db.selectFrom('oidc_attempts').select('state_hash').where('state_hash', '=', hash);
  if ((await known.executeTakeFirst()) === undefined) return null;
  const row = await context.write({}, (tx) =>
    tx.deleteFrom('oidc_attempts').where('state_hash', '=', hash).returningAll().executeTakeFirst(),
  );
  if (row === undefined || row.expires_at <= context.now().toISOString()) return null;
  const { provider, nonce, code_verifier: codeVerifier, return_to: returnTo } = row;
  return { provider, nonce, codeVerifier, returnTo };
}

function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

function hashOf(browser: string, state: string): string {
  return createHash('sha256').update(`${browser}.${state}`).digest('hex');
}
