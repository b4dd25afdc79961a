import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { printable } from '../../../contracts/domain/printable.ts';
import { loginCodeSeconds } from '../../../contracts/server-api/kisenon/loopback.ts';
import type { authorizeQuerySchema } from '../../../contracts/server-api/kisenon/loopback.ts';
import type { z } from 'zod';
import type { ServerContext } from '../../context.ts';
import type { LoginCodeTable } from '../../db/organization-schema.ts';
import type { Actor, Reader, Tx } from '../../db/write.ts';
import { ApiError } from '../../http/api-error.ts';
import { requireRoleStill } from '../../identity/acting-role.ts';
import type { OrgMembership } from '../../identity/users.ts';

/** What a program asks a person for, checked. */
export type LoginRequest = z.output<typeof authorizeQuerySchema>;

/** How long a used code is remembered, in milliseconds: its second use ends what the first one made. */
const rememberedFor = 24 * 60 * 60 * 1000;
/** Codes of one person that nobody has used yet. */
const maxOpenCodes = 20;
/** Longest name of an API key, and of the two parts of one that is too long. */
const maxName = 64;
const maxNamePart = 30;

/**
 * Makes the code that lets a program sign in as a person, in one organization.
 *
 * @param sessionId - Of the browser in which the person allows it: the code ends with it.
 * @returns The code: 256 random bits, of which the hash is kept.
 * @throws ApiError 403, 404 when the role or membership is gone, 429 when too many codes of the person wait to be used.
 */
export async function allowLogin(
  context: ServerContext,
  request: LoginRequest,
  { orgId, slug, role }: OrgMembership,
  sessionId: string,
  actor: Actor,
): Promise<string> {
  const code = randomBytes(32).toString('base64url');
  const now = context.now();
  await context.write(actor, async (tx, audit) => {
    await requireRoleStill(tx, { id: orgId, slug, role }, actor.id);
    await forgetOldCodes(tx, now);
    await requireFewCodes(tx, actor.id);
    await tx
      .insertInto('login_codes')
      .values({
        code_hash: hashCode(code),
        user_id: actor.id,
        org_id: orgId,
        session_id: sessionId,
        redirect_uri: request.redirect_uri ?? null,
        code_challenge: request.code_challenge,
        access: request.access,
        name: keyNameFor(request),
        expires_at: new Date(now.getTime() + loginCodeSeconds * 1000).toISOString(),
      })
      .execute();
    audit({ action: 'login_code.issued', outcome: 'success', org: slug, details: detailsOf(request) });
  });
  return code;
}

/** Notes that a person did not let a program sign in. */
export async function refuseLogin(
  context: ServerContext,
  request: LoginRequest,
  actor: Actor,
): Promise<void> {
  await context.write(actor, (_tx, audit) =>
    audit({ action: 'login_code.issued', outcome: 'failure', details: detailsOf(request) }),
  );
}

/** What the API key of a program is called: "keon on maya-laptop". */
export function keyNameFor({ client_name: program, device }: LoginRequest): string {
  if (device === undefined) return printable(program, maxName);
  const whole = `${printable(program)} on ${printable(device)}`;
  if (whole.length <= maxName) return whole;
  return `${printable(program, maxNamePart)} on ${printable(device, maxNamePart)}`;
}

/** The row of a code, or null. */
export async function findLoginCode(db: Reader, code: string): Promise<LoginCodeTable | null> {
  const row = await db
    .selectFrom('login_codes')
    .selectAll()
    .where('code_hash', '=', hashCode(code))
    .executeTakeFirst();
  return row ?? null;
}

/** Whether a verifier belongs to the challenge (RFC 7636, section 4.6), in the same time wherever they differ. */
export function verifierMatches(verifier: string, challenge: string): boolean {
  const made = Buffer.from(createHash('sha256').update(verifier).digest('base64url'));
  const asked = Buffer.from(challenge);
  return made.length === asked.length && timingSafeEqual(made, asked);
}

function hashCode(code: string): string {
  return createHash('sha256').update(code).digest('hex');
}

function detailsOf({ client_name: program, device, access }: LoginRequest): Record<string, string> {
  return {
    program: printable(program),
    ...(device === undefined ? {} : { computer: printable(device) }),
    access,
  };
}

async function forgetOldCodes(tx: Tx, now: Date): Promise<void> {
  const longAgo = new Date(now.getTime() - rememberedFor).toISOString();
  await tx
    .deleteFrom('login_codes')
    .where('expires_at', '<=', now.toISOString())
    .where((where) => where.or([where('used_at', 'is', null), where('expires_at', '<=', longAgo)]))
    .execute();
}

async function requireFewCodes(tx: Tx, userId: string): Promise<void> {
  const { open } = await tx
    .selectFrom('login_codes')
    .select((select) => select.fn.countAll().as('open'))
    .where('user_id', '=', userId)
    .where('used_at', 'is', null)
    .executeTakeFirstOrThrow();
  if (Number(open) < maxOpenCodes) return;
  const message = 'Too many programs wait for their code. Try again in a minute.';
  throw new ApiError('rate_limited', message, {
    details: { retry_after: loginCodeSeconds },
    retryAfterSeconds: loginCodeSeconds,
  });
}
