import { fetchHttpClient } from '../../../../main/adapters/http-client.ts';
import { systemClock } from '../../../../main/adapters/clock.ts';
import type { NewActivity } from '../../../../main/core/activity/activity-log.ts';
import { KeeperService } from '../../../../main/core/keeper/keeper-service.ts';
import { KeyChanges } from '../../../../main/core/keeper/key-changes.ts';
import { KeyUses } from '../../../../main/core/keeper/key-uses.ts';
import type { HttpClient } from '../../../../main/core/ports/http.ts';
import type { Said } from '../../../../main/core/service/authorization.ts';
import { ServiceCalls } from '../../../../main/core/service/service-calls.ts';
import { tkeeperSpeech } from '../../../../main/core/service/speech.ts';
import { OddServer } from '../contexts/odd-server.ts';

interface Asked {
  method: string;
  url: URL;
  headers: Record<string, unknown>;
  body: unknown;
}

interface OddReply {
  status?: number;
  body?: unknown;
}

/** A keeper that answers as a test says, and the app's client of it. */
export class OddKeeper {
  readonly server: OddServer;
  /** By path; null hangs up after the request was read. */
  readonly answers: Record<string, (asked: Asked) => OddReply | null> = {};
  readonly asked: Asked[] = [];
  readonly activity: NewActivity[] = [];
  readonly said: Said[] = [];
  /** What the dialogs are answered; null for nothing. */
  chosen: { path: string; name: string } | null = null;
  savedAs: string | null = null;
  /** The content of the chosen file. */
  file: Buffer | 'missing' | 'too_large' = 'missing';
  readonly written: { path: string; bytes: Buffer; mode: number }[] = [];
  isLocked = false;
  readonly keeper: KeeperService;
  readonly changes: KeyChanges;
  readonly uses: KeyUses;

  private constructor(server: OddServer, http: HttpClient) {
    this.server = server;
    const authorization = {
      credentialId: 'token',
      headers: { 'x-jwt-token': 'a.b.c' },
      notAccepted: 'pasted_expired' as const,
      note: (said: Said) => void this.said.push(said),
      renew: null,
    };
    const contexts = {
      authorize: () => Promise.resolve({ origin: server.origin, authorization }),
      get: (id: string) => ({ id, name: 'Vault keeper', origin: server.origin, userId: 'maya', org: null }),
    };
    const clock = systemClock;
    const service = new ServiceCalls({ http, clock, contexts }, tkeeperSpeech);
    const activity = { append: (entry: NewActivity) => void this.activity.push(entry) };
    const deps = { contexts, service, activity: activity as never, clock };
    this.keeper = new KeeperService(deps);
    this.changes = new KeyChanges({ ...deps, keeper: this.keeper });
    this.uses = new KeyUses({
      ...deps,
      vault: {
        requireUnlocked: () => {
          if (this.isLocked) throw new Error('locked');
        },
      },
      dialogs: {
        open: () => Promise.resolve(this.chosen),
        save: () => Promise.resolve(this.savedAs),
      },
      smallFiles: { read: () => Promise.resolve(this.file) },
      files: {
        replace: (path, content, mode) => {
          this.written.push({ path, bytes: Buffer.from(content), mode });
          return Promise.resolve();
        },
      },
    });
  }

  static async start(http = fetchHttpClient(fetch)): Promise<OddKeeper> {
    const rig = new OddKeeper(await OddServer.start(), http);
    rig.server.answer((request, response) => {
      const pieces: Buffer[] = [];
      request.on('data', (piece: Buffer) => pieces.push(piece));
      request.on('end', () => {
        const text = Buffer.concat(pieces).toString();
        const { method = '', headers } = request;
        const url = new URL(request.url ?? '', rig.server.origin);
        const asked = { method, url, headers, body: text === '' ? null : (JSON.parse(text) as unknown) };
        rig.asked.push(asked);
        const answer = rig.answers[url.pathname];
        const reply = answer === undefined ? { status: 404, body: '' } : answer(asked);
        if (reply === null) {
          request.socket.destroy();
          return;
        }
        const { status = 200, body = '' } = reply;
        response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
      });
    });
    return rig;
  }

  /** Has an address give this answer. */
  answer(path: string, body: unknown, status = 200): void {
    this.answers[path] = () => ({ status, body });
  }

  refuse(path: string, status: number, error: string, details: string | null = null): void {
    this.answer(path, { error, details, imposters: [], dead: [] }, status);
  }

  stop(): Promise<void> {
    return this.server.stop();
  }
}

/** A key of an inventory. */
export function item(logicalId: string, facts: object = {}) {
  return {
    ...{ logicalId, status: 'ACTIVE', currentGeneration: 1, authorities: [{ id: 'default' }] },
    ...{ algorithm: 'ED25519', createdAt: 1_790_000_000_000, updatedAt: 1_790_000_000_000 },
    ...{ hasActiveKey: true, tampered: false, policy: null, assetOwner: null },
    ...facts,
  };
}

/** A page of an inventory. */
export function page(items: readonly object[], nextCursor: string | null = null) {
  return {
    inventory: { generatedAt: 1, peerId: 1, threshold: 1, totalPeers: 1, items },
    ...{ nextCursor, hasMore: nextCursor !== null },
  };
}

export const paths = {
  me: '/v1/keeper/control/me',
  status: '/v1/keeper/system/status',
  capabilities: '/v1/keeper/control/capabilities',
  inventory: '/v1/keeper/compliance/inventory',
  publicKey: '/v1/keeper/publicKey',
  dkg: '/v2/keeper/dkg',
  destroy: '/v1/keeper/destroy',
  sign: '/v2/keeper/sign',
  verify: '/v2/keeper/sign/verify',
  encrypt: '/v1/keeper/ecies/encrypt',
  decrypt: '/v1/keeper/ecies/decrypt',
} as const;
