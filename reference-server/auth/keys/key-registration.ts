import type { PublicKey } from '../../../contracts/server-api/keys.ts';
import type { ServerContext } from '../../context.ts';
import type { PublicKeyTable } from '../../db/schema.ts';
import type { Actor, AuditEvent, Tx } from '../../db/write.ts';
import { networkOf } from '../../http/client-address.ts';
import { ApiError, notFound } from '../../http/api-error.ts';
import { orgOf, toPublicKey } from '../../identity/keys.ts';
import type { KeyOwner } from '../../identity/keys.ts';
import { canReceive } from '../../identity/principals.ts';
import { verifyRegistrationToken } from './registration-token.ts';
import type { VerifiedRegistration } from './registration-token.ts';
import { verifyRotationToken } from './rotation-token.ts';
import type { VerifiedRotation } from './rotation-token.ts';
import { useOnce } from './single-use.ts';

/** Keys of one user or bot that are not revoked: more than anybody has computers, and a list that can be read. */
const maxKeys = 50;

/**
 * Registers the key of a registration token. Success and failure both go to the audit log.
 *
 * @param owner - Whose key it becomes: the actor, or a bot of an organization that the actor administers.
 * @param token - The registration token, exactly.
 * @throws ApiError 400 for a token that is refused, 409 for one used before, a key that is already known or one too many.
 */
export async function registerKey(
  context: ServerContext,
  owner: KeyOwner,
  token: string,
  actor: Actor,
): Promise<PublicKey> {
  try {
    const expected = { subject: owner.subject, origin: context.origin(), now: context.now() };
    const verified = await verifyRegistrationToken(token, expected);
    return await context.write(actor, async (tx, audit) => {
      if (!(await canReceive(tx, owner.id))) throw notFound(`The account ${owner.name}`);
      await useRegistrationOnce(context, verified, tx);
      const key = await insertKey(context, owner, verified, tx);
      await requireFewKeys(owner, tx);
      const details = { name: key.name, owner: owner.name };
      audit({ action: 'key.registered', outcome: 'success', target: key.kid, ...orgOf(owner), details });
      return toPublicKey(key);
    });
  } catch (error) {
    if (error instanceof ApiError) {
      const details = { reason: error.code };
      await noteFailure(context, actor, { action: 'key.registered', ...orgOf(owner), details });
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
  const { owner, oldKid } = rotation;
  const actor = { id: owner.id, name: owner.name, ip };
  try {
    const expected = { subject: owner.subject, origin: context.origin(), now: context.now() };
    const registration = await verifyRegistrationToken(tokens.registration, expected);
    if (registration.kid !== rotation.claims.new_kid) {
      throw new ApiError(
        'rotation_token_invalid',
        'The rotation token names another key than the registration token carries.',
      );
    }
    return await context.write(actor, async (tx, audit) => {
      await useRotationOnce(context, rotation, tx);
      await useRegistrationOnce(context, registration, tx);
      const key = await insertKey(context, owner, registration, tx);
      const details = { name: key.name, succeeds: oldKid };
      audit({ action: 'key.rotated', outcome: 'success', target: key.kid, ...orgOf(owner), details });
      return toPublicKey(key);
    });
  } catch (error) {
    if (error instanceof ApiError) {
      const details = { reason: error.code };
      await noteFailure(context, actor, { action: 'key.rotated', target: oldKid, ...orgOf(owner), details });
    }
    throw error;
  }
}

/** Notes a refused registration, of a flood from one account and network only the first: it must not fill the log. */
async function noteFailure(
  context: ServerContext,
  actor: Actor,
  event: Omit<AuditEvent, 'outcome'>,
): Promise<void> {
  const source = `registration ${actor.id} ${networkOf(actor.ip ?? '')}`;
  if (context.tokenRefusals.pausedFor(source) !== null) return;
  context.tokenRefusals.add(source);
  await context.write(actor, (_tx, audit) => {
    audit({ ...event, outcome: 'failure' });
  });
}

/** @throws ApiError also when the old key was revoked since the token was verified. */
async function useRotationOnce(
  context: ServerContext,
  { oldKid, claims }: VerifiedRotation,
  tx: Tx,
): Promise<void> {
  // Changes nothing, but nobody can revoke the key until this has ended.
  const { numUpdatedRows } = await tx
    .updateTable('public_keys')
    .set({ revoked_at: null })
    .where('kid', '=', oldKid)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) throw new ApiError('key_revoked', 'The key was revoked meanwhile.');
  if (await useOnce(context, oldKid, claims, tx)) return;
  throw new ApiError('rotation_token_replayed', 'This rotation token was used before; each works once.');
}

async function useRegistrationOnce(
  context: ServerContext,
  { kid, claims }: VerifiedRegistration,
  tx: Tx,
): Promise<void> {
  if (await useOnce(context, kid, claims, tx)) return;
  throw new ApiError(
    'registration_token_replayed',
    'This registration token was used before; each works once. If its key is not in the list, make a new token.',
  );
}

async function insertKey(
  context: ServerContext,
  owner: KeyOwner,
  { kid, x, claims }: VerifiedRegistration,
  tx: Tx,
): Promise<PublicKeyTable> {
  const now = context.now().toISOString();
  const key: PublicKeyTable = {
    kid,
    principal_id: owner.id,
    name: claims.name ?? `Key of ${now.slice(0, 10)}`,
    x,
    created_at: now,
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

/** A rotation may go beyond: it is about to revoke a key. */
async function requireFewKeys(owner: KeyOwner, tx: Tx): Promise<void> {
  const { count } = await tx
    .selectFrom('public_keys')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('principal_id', '=', owner.id)
    .where('revoked_at', 'is', null)
    .executeTakeFirstOrThrow();
  if (count <= maxKeys) return;
  throw new ApiError(
    'conflict',
    `There are ${String(maxKeys)} keys already, the most there can be. Revoke one that is no longer used.`,
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
