import { KeyholdError } from '../../../contracts/errors.ts';
import { controlMePath } from '../../../contracts/domain/pasted-token.ts';
import type { KeeperState } from '../../../contracts/domain/remote-key.ts';
import type { RemoteKey } from '../../../contracts/ipc/remote-keys.ts';
import { capabilitiesPath } from '../../../contracts/server-api/tkeeper/control-plane.ts';
import { inventoryPageMax, inventoryPath } from '../../../contracts/server-api/tkeeper/inventory.ts';
import { publicKeyPath } from '../../../contracts/server-api/tkeeper/keys.ts';
import { systemPath } from '../../../contracts/server-api/tkeeper/system.ts';
import { fingerprint } from '../lib/fingerprint.ts';
import type { Accounts } from '../service/account.ts';
import {
  capabilitiesAnswer,
  inventoryAnswer,
  publicKeyAnswer,
  standingAnswer,
  statusAnswer,
  type InventoryItem,
} from '../service/dialects/tkeeper-keys.ts';
import { meRoom } from '../service/dialects/tkeeper.ts';
import { readPages } from '../service/read-pages.ts';
import type { ServiceCalls } from '../service/service-calls.ts';
import { KeeperCalls } from './keeper-calls.ts';
import { timeOf, toRemoteKey } from './remote-key.ts';

/** Keys of a keeper that are read, and generations of one key: more than anybody looks through. */
const keysMax = 10_000;
const generationsMax = 1000;
/** A page of keys with many authorities each is longer than a usual answer. */
const pageRoom = { maxBytes: 4 * 1024 * 1024, maxValues: 200_000 };

interface Standing {
  subject: string;
  permissions: string[];
  isAll: boolean;
  state: KeeperState | null;
  algorithms: string[];
}

interface Generation {
  generation: number;
  state: string;
  createdAt: string | null;
}

/** What a keeper says of itself, of whom it knows, and of its keys. Looking changes nothing. */
export class KeeperService {
  readonly #service: ServiceCalls;
  readonly #contexts: Accounts;
  readonly #calls: KeeperCalls;

  /** @param deps - `service` speaks TKeeper's API. */
  constructor({ service, contexts }: { service: ServiceCalls; contexts: Accounts }) {
    this.#service = service;
    this.#contexts = contexts;
    this.#calls = new KeeperCalls(service);
  }

  /**
   * What the context's user may do, and how the keeper stands. One that takes the token to be another's does not accept it.
   *
   * @throws KeyholdError as `ServiceCalls.ask`.
   */
  async standing(contextId: string): Promise<Standing> {
    const get = { method: 'GET' as const };
    const { userId } = this.#contexts.get(contextId);
    const me = await this.#service.ask(
      contextId,
      { ...get, path: controlMePath, room: meRoom },
      standingAnswer,
      ({ subject }) => (subject === userId ? 'signed_in' : 'not_accepted'),
    );
    const [status, capabilities] = await Promise.all([
      this.#service.attempt(contextId, { ...get, path: `${systemPath}/status` }, statusAnswer),
      this.#service.attempt(contextId, { ...get, path: capabilitiesPath }, capabilitiesAnswer),
    ]);
    return {
      subject: me.subject,
      permissions: me.permissions.rules,
      isAll: me.permissions.isAll,
      // Who they are is of use also where the rest is not known.
      state: status.kind === 'answered' ? status.value.state : null,
      algorithms: capabilities.kind === 'answered' ? capabilities.value.algorithms : [],
    };
  }

  /** The keeper's keys, by their ids. @throws KeyholdError as `KeeperCalls.ask`. */
  async list(contextId: string): Promise<{ keys: RemoteKey[]; isAll: boolean }> {
    const { items, isAll } = await this.#inventory(contextId, {}, keysMax);
    // A list that changes meanwhile may have one on two pages.
    const keys = new Map(items.map((item) => [item.logicalId, toRemoteKey(item)]));
    const byId = (one: RemoteKey, other: RemoteKey): number => (one.keyId < other.keyId ? -1 : 1);
    return { keys: [...keys.values()].sort(byId), isAll };
  }

  /** One key and its generations, the newest first. @throws KeyholdError `remote_key_not_found`; as `KeeperCalls.ask`. */
  async one(contextId: string, keyId: string): Promise<{ key: RemoteKey; generations: Generation[] }> {
    const key = toRemoteKey(await this.item(contextId, keyId));
    const query = { logicalId: keyId, historical: 'true' };
    const { items } = await this.#inventory(contextId, query, generationsMax);
    const generations = new Map(
      items
        .filter(({ logicalId }) => logicalId === keyId)
        .map(({ currentGeneration: generation, status: state, createdAt }) => [
          generation,
          { generation, state, createdAt: timeOf(createdAt) },
        ]),
    );
    return { key, generations: [...generations.values()].sort((a, b) => b.generation - a.generation) };
  }

  /** A key as the keeper tells of it. @throws KeyholdError `remote_key_not_found`; as `KeeperCalls.ask`. */
  async item(contextId: string, keyId: string): Promise<InventoryItem> {
    const { items } = await this.#inventory(contextId, { logicalId: keyId }, inventoryPageMax);
    const item = items.find(({ logicalId }) => logicalId === keyId);
    if (item === undefined) throw new KeyholdError('remote_key_not_found');
    return item;
  }

  /**
   * A public key, and the fingerprint by which people compare it.
   *
   * @param generation - Null for the current one.
   * @throws KeyholdError as `KeeperCalls.ask`.
   */
  async publicKey(
    contextId: string,
    keyId: string,
    generation: number | null,
  ): Promise<{ base64: string; fingerprint: string }> {
    const query = new URLSearchParams({
      keyId,
      ...(generation === null ? {} : { generation: String(generation) }),
    });
    const { data64 } = await this.#calls.ask(
      contextId,
      { method: 'GET', path: `${publicKeyPath}?${query.toString()}`, operation: 'key.public', keyId },
      publicKeyAnswer,
    );
    return { base64: data64, fingerprint: fingerprint(Buffer.from(data64, 'base64')) };
  }

  /** Page after page, as far as anybody reads; a list that says there is more and not where ends there. */
  async #inventory(
    contextId: string,
    filter: Record<string, string>,
    most: number,
  ): Promise<{ items: InventoryItem[]; isAll: boolean }> {
    let goesOn = true;
    const { entries, isWhole } = await readPages(most, async (after) => {
      const query = new URLSearchParams({
        ...filter,
        limit: String(inventoryPageMax),
        ...(after === '' ? {} : { lastSeen: after }),
      });
      const path = `${inventoryPath}?${query.toString()}`;
      const request = { method: 'GET' as const, path, room: pageRoom };
      const page = await this.#calls.ask(
        contextId,
        { ...request, operation: 'compliance.inventory', keyId: null },
        inventoryAnswer,
      );
      const next = page.nextCursor ?? '';
      goesOn = !page.hasMore || next !== '';
      return { entries: page.inventory.items, next: page.hasMore && next !== '' ? next : undefined };
    });
    return { items: entries, isAll: isWhole && goesOn };
  }
}
