import type { PublicKey } from '../../../contracts/server-api/keys.ts';
import type { RotationTokenClaims } from '../../../contracts/server-api/tokens.ts';
import type { ServerContext } from '../../context.ts';
import type { PublicKeyTable } from '../../db/schema.ts';
import type { Actor, Tx } from '../../db/write.ts';
import { ApiError, notFound } from '../../http/api-error.ts';
import { requireRoleStill } from '../../identity/acting-role.ts';
import type { ActingOrganization } from '../../identity/acting-role.ts';
import { orgOf, toPublicKey } from '../../identity/keys.ts';
import type { KeyOwner } from '../../identity/keys.ts';
import { canReceive } from '../../identity/principals.ts';
import type { VerifiedKeyToken } from './key-token.ts';
import { noteFailure } from './note-failure.ts';
import { verifyRegistrationToken } from './registration-token.ts';
import type { VerifiedRegistration } from './registration-token.ts';
import { requireStanding } from '../standing.ts';
import { verifyRotationToken } from './rotation-token.ts';
import { useOnce } from './single-use.ts';

/** Keys of one user or bot that are not revoked: more than anybody has computers, and a list that can be read. */
const maxKeys = 50;

/**
 * Registers the key of a registration token. Success and failure both go to the audit log.
 *
 * @param owner - Whose key it becomes: the actor, or a bot of an organization that the actor administers.
 * @param token - The registration token, exactly.
 * @param org - Where the actor acts for a bot.
 * @throws ApiError 400 for a token that is refused, 403 as `requireRoleStill`, 409 for one used before, a key that is already known or one too many.
 */
export async function registerKey(
  context: ServerContext,
  owner: KeyOwner,
  token: string,
  actor: Actor & { ip: string },
  org: ActingOrganization | null = null,
): Promise<PublicKey> {
  const now = context.now();
  try {
    const expected = { subject: owner.subject, origin: context.origin(), now };
    const verified = await verifyRegistrationToken(token, expected);
    return await context.write(actor, async (tx, audit) => {
      if (org !== null) await requireRoleStill(tx, org, actor.id);
      if (!(await canReceive(tx, owner.id))) throw notFound(`The account ${owner.name}`);
      await useRegistrationOnce(tx, verified, now);
      const key = await insertKey(tx, owner, verified, now);
      await requireFewKeys(tx, owner, maxKeys);
      const details = { name: key.name, owner: owner.name };
      audit({ action: 'key.registered', outcome: 'success', target: key.kid, ...orgOf(owner), details });
      return toPublicKey(key);
    });
  } catch (error) {
    if (error instanceof ApiError) {
      const event = { action: 'key.registered', ...orgOf(owner), details: { reason: error.code } };
      await noteFailure(context, failuresOf(actor), actor, event);
    }
    throw error;
  }
}

/**
 * Registers the key of a registration token by the authority of the key that it succeeds, which stays registered.
 * Success and failure both go to the audit log, the latter once it is known whose key was used.
 *
 * @param tokens - The new key's registration token and the old key's rotation token, exactly.
 * @throws ApiError 400 or 401 for a token that is refused, 409 for one used before or a key that is already known.
 */
export async function rotateKey(
  context: ServerContext,
  tokens: { registration: string; rotation: string },
  ip: string,
): Promise<PublicKey> {
  const rotation = await verifyRotationToken(context, tokens.rotation, ip);
  const { owner } = rotation;
  requireStanding(context, owner);
  const oldKid = rotation.key.kid;
  const now = context.now();
  const actor = { id: owner.id, name: owner.name, ip };
  try {
    const expected = { subject: owner.subject, origin: context.origin(), now };
    const registration = await verifyRegistrationToken(tokens.registration, expected);
    if (registration.kid !== rotation.claims.new_kid) {
      throw new ApiError(
        'rotation_token_invalid',
        'The rotation token names another key than the registration token carries.',
      );
    }
    return await context.write(actor, async (tx, audit) => {
      await useRotationOnce(tx, rotation, now);
      await useRegistrationOnce(tx, registration, now);
      const key = await insertKey(tx, owner, registration, now);
      await requireFewKeys(tx, owner, 2 * maxKeys);
      const details = { name: key.name, succeeds: oldKid };
      audit({ action: 'key.rotated', outcome: 'success', target: key.kid, ...orgOf(owner), details });
      return toPublicKey(key);
    });
  } catch (error) {
    if (error instanceof ApiError) {
      const details = { reason: error.code };
      const event = { action: 'key.rotated', target: oldKid, ...orgOf(owner), details };
      await noteFailure(context, failuresOf(actor), actor, event);
    }
    throw error;
  }
}

/** Refused registrations of one account are counted together. */
function failuresOf({ id }: Actor): string {
  return `registration ${id}`;
}

/** @throws ApiError also when the old key was revoked since the token was verified. */
async function useRotationOnce(
  tx: Tx,
  { key, claims }: VerifiedKeyToken<RotationTokenClaims>,
  now: Date,
): Promise<void> {
  // Changes nothing, but nobody can revoke the key until this has ended.
  const { numUpdatedRows } = await tx
    .updateTable('public_keys')
    .set({ revoked_at: null })
    .where('kid', '=', key.kid)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) throw new ApiError('key_revoked', 'The key was revoked meanwhile.');
  if (await useOnce(tx, key.kid, claims, now)) return;
  throw new ApiError('rotation_token_replayed', 'This rotation token was used before; each works once.');
}

async function useRegistrationOnce(tx: Tx, { kid, claims }: VerifiedRegistration, now: Date): Promise<void> {
  if (await useOnce(tx, kid, claims, now)) return;
  throw new ApiError(
    'registration_token_replayed',
    'This registration token was used before; each works once. If its key is not in the list, make a new token.',
  );
}

async function insertKey(
  tx: Tx,
  owner: KeyOwner,
  { kid, x, claims }: VerifiedRegistration,
  now: Date,
): Promise<PublicKeyTable> {
  const createdAt = now.toISOString();
  const key: PublicKeyTable = {
    kid,
    principal_id: owner.id,
    name: claims.name ?? `Key of ${createdAt.slice(0, 10)}`,
    x,
    created_at: createdAt,
    last_used_at: null,
    revoked_at: null,
  };
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('public_keys')
    .values(key)
    .onConflict((conflict) => conflict.column('kid').doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows === 1n) return key;
  const known = await tx
    .selectFrom('public_keys')
    .select(['principal_id', 'revoked_at'])
    .where('kid', '=', kid)
    .executeTakeFirstOrThrow();
  throw conflictWith(known, owner);
}

/** @param most - A rotation may have more: the old key is revoked after it, and each of them may be succeeded at once. */
async function requireFewKeys(tx: Tx, owner: KeyOwner, most: number): Promise<void> {
  const { count } = await tx
    .selectFrom('public_keys')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('principal_id', '=', owner.id)
    .where('revoked_at', 'is', null)
    .executeTakeFirstOrThrow();
  if (count <= most) return;
  throw new ApiError(
    'conflict',
    `There are ${String(most)} keys already, the most there can be. Revoke one that is no longer used.`,
  );
}

function conflictWith(known: Pick<PublicKeyTable, 'principal_id' | 'revoked_at'>, owner: KeyOwner): ApiError {
  if (known.principal_id !== owner.id) {
    return new ApiError('conflict', 'This key belongs to somebody else. Make a new key in the app.');
  }
  return known.revoked_at === null
    ? new ApiError('conflict', 'This key is already registered; there is nothing to do.')
    : new ApiError('conflict', 'This key was revoked and cannot come back. Make a new key in the app.');
}
