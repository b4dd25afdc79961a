import { KeyholdError } from '../../../contracts/errors.ts';
import type { RemoteKeyAlgorithm } from '../../../contracts/domain/remote-key.ts';
import { destroyPath, dkgPaths } from '../../../contracts/server-api/tkeeper/keys.ts';
import type { Clock } from '../ports.ts';
import { noteDeed, type DeedDeps } from '../service/deeds.ts';
import type { InventoryItem } from '../service/dialects/tkeeper-keys.ts';
import { KeeperCalls, type KeeperRequest } from './keeper-calls.ts';
import type { KeeperService } from './keeper-service.ts';

/** Until when a key signs and encrypts, and verifies and decrypts; RFC 3339, null for no end. */
interface Ends {
  applyUntil: string | null;
  processUntil: string | null;
}

interface NewKey extends Ends {
  keyId: string;
  algorithm: RemoteKeyAlgorithm;
  owner: string | null;
}

interface Deps extends DeedDeps {
  keeper: Pick<KeeperService, 'item'>;
  clock: Pick<Clock, 'now'>;
}

/** Making key material takes a keeper and its peers a while. */
const timeoutMs = 60_000;

/** Who may have what signed by a new key, until its keeper is told of others. */
const usualAuthority = 'default';

/**
 * Changes of a keeper's keys. Whatever may have been done is written down, also where the keeper's answer was lost.
 */
export class KeyChanges {
  readonly #deps: Deps;
  readonly #calls: KeeperCalls;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#calls = new KeeperCalls(deps.service);
  }

  /** @throws KeyholdError `remote_key_exists`, `invalid_end`, or as `KeeperCalls.change`. */
  async create(contextId: string, { keyId, algorithm, owner, ...ends }: NewKey): Promise<void> {
    const policy = policyOf(ends, this.#deps.clock.now());
    await this.#change(contextId, 'remote_key.created', `${keyId}, ${algorithm}`, {
      ...{ method: 'POST', path: dkgPaths[0], timeoutMs, operation: 'dkg.create', keyId },
      body: {
        ...{ keyId, algorithm, mode: 'CREATE', authorities: [{ id: usualAuthority }] },
        ...(policy === null ? {} : { policy }),
        ...(owner === null ? {} : { assetOwner: owner }),
      },
      errorCodes: {
        KEY_ALREADY_EXISTS: 'remote_key_exists',
        INVALID_KEY_SET_POLICY: 'invalid_end',
        INVALID_EXPIRATION_TIME: 'invalid_end',
      },
    });
  }

  /**
   * Gives a key a generation; who may use it stays.
   *
   * @param mode - `rotate`: with new key material; `refresh`: with the same public key.
   * @param ends - Null where they stay: a key whose time has passed is of use again by later ones alone.
   * @throws KeyholdError `invalid_end` for ends that cannot be, `remote_key_over` where the keeper does not take those that
   *   stay, or as `KeeperService.item` and `KeeperCalls.change`.
   */
  async renew(
    contextId: string,
    keyId: string,
    mode: 'rotate' | 'refresh',
    ends: Ends | null = null,
  ): Promise<void> {
    const later = ends === null ? null : (policyOf(ends, this.#deps.clock.now()) ?? {});
    const item = await this.#deps.keeper.item(contextId, keyId);
    const refused = later === null ? 'remote_key_over' : 'invalid_end';
    const isRotation = mode === 'rotate';
    const kind = isRotation ? 'remote_key.rotated' : 'remote_key.refreshed';
    await this.#change(contextId, kind, keyId, {
      ...{ method: 'POST', path: dkgPaths[0], timeoutMs, keyId },
      operation: isRotation ? 'dkg.rotate' : 'dkg.refresh',
      body: { keyId, mode: isRotation ? 'ROTATE' : 'REFRESH', ...kept(item, later) },
      errorCodes: { INVALID_KEY_SET_POLICY: refused, INVALID_EXPIRATION_TIME: refused },
    });
  }

  /** @throws KeyholdError `generation_in_use`, or as `KeeperCalls.change`. */
  async destroy(contextId: string, keyId: string, generation: number): Promise<void> {
    const detail = `${keyId}, generation ${String(generation)}`;
    await this.#change(contextId, 'remote_key.generation_destroyed', detail, {
      ...{ method: 'POST', path: destroyPath, timeoutMs, operation: 'key.destroy', keyId },
      body: { keyId, generation },
      errorCodes: { DESTROY_FORBIDDEN: 'generation_in_use' },
    });
  }

  async #change(
    contextId: string,
    kind: Parameters<typeof noteDeed>[1],
    detail: string,
    request: KeeperRequest,
  ): Promise<void> {
    try {
      await this.#calls.change(contextId, request);
    } catch (error) {
      if (error instanceof KeyholdError && error.code === 'maybe_done') {
        noteDeed(this.#deps, kind, contextId, `${detail}, perhaps: the answer was lost`);
      }
      throw error;
    }
    noteDeed(this.#deps, kind, contextId, detail);
  }
}

/**
 * What a generation takes over from the one before. A key without a known algorithm is none that can be renewed.
 *
 * @param later - Ends in the place of those that its policy has; null where they stay.
 */
function kept({ algorithm, authorities, policy: held, assetOwner }: InventoryItem, later: object | null) {
  if (algorithm == null) throw new KeyholdError('remote_key_over');
  const policy = later === null ? held : { ...held, apply: null, process: null, ...later };
  return {
    algorithm,
    authorities: authorities.map(given),
    ...(policy == null ? {} : { policy: given(policy) }),
    ...(assetOwner == null ? {} : { assetOwner }),
  };
}

/** Without the members that say nothing. */
function given(facts: object): object {
  return Object.fromEntries(
    Object.entries(facts).filter(([, value]) => value !== null && value !== undefined),
  );
}

/** @throws KeyholdError `invalid_end` for one that has come, and for a key that stops to verify before it stops to sign. */
function policyOf({ applyUntil, processUntil }: Ends, now: Date) {
  if (applyUntil === null && processUntil === null) return null;
  const [apply, process] = [applyUntil, processUntil].map((end) => (end === null ? null : Date.parse(end)));
  const hasCome = [apply, process].some((end) => end != null && end <= now.getTime());
  if (hasCome || (process != null && (apply == null || process <= apply)))
    throw new KeyholdError('invalid_end');
  return {
    ...(apply == null ? {} : { apply: { unit: 'MILLISECONDS', notAfter: apply } }),
    ...(process == null ? {} : { process: { unit: 'MILLISECONDS', notAfter: process } }),
  };
}
