import { createPublicKey, ECDH } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { initializedSchema } from '../../contracts/server-api/tkeeper/system.ts';
import type { ServerSettings } from '../../reference-server/config/config.ts';
import { startEmptyServer } from './local-server.ts';
import type { LocalServer } from './local-server.ts';

/** What a keeper answered. */
export interface KeeperAnswer {
  status: number;
  body: Record<string, unknown>;
  /** Its code, where it refused. */
  code: string | null;
}

export const devToken = 'dev-token-of-the-tests';
/** All that a keeper checks a permission for. */
export const everything = ['tkeeper.*', 'tkeeper.*.*', 'tkeeper.*.*.*'];

/** Asks the keeper at an origin. */
export async function askKeeper(
  origin: string,
  path: string,
  body?: object | string,
  {
    method,
    headers = { 'x-dev-token': devToken },
  }: { method?: string; headers?: Record<string, string> } = {},
): Promise<KeeperAnswer> {
  const response = await fetch(`${origin}${path}`, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const read = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
  const code = typeof read['error'] === 'string' ? read['error'] : null;
  return { status: response.status, body: read, code };
}

/** A server with a keeper, that somebody with a dev token may do everything with. */
export class KeeperRig {
  readonly server: LocalServer;
  shares: string[] = [];

  private constructor(server: LocalServer) {
    this.server = server;
  }

  static async start(settings: Partial<ServerSettings> = {}, permissions = everything): Promise<KeeperRig> {
    const auth = { type: 'dev', token: devToken, permissions } as const;
    return new KeeperRig(await startEmptyServer({ keeper: { auth, allowAnonymous: false }, ...settings }));
  }

  /** The same with an unsealed keeper. */
  static async unsealed(
    settings: Partial<ServerSettings> = {},
    permissions = everything,
  ): Promise<KeeperRig> {
    const rig = await KeeperRig.start(settings, permissions);
    await rig.init(1, 1);
    await rig.unseal();
    return rig;
  }

  ask(
    path: string,
    body?: object | string,
    options?: Parameters<typeof askKeeper>[3],
  ): Promise<KeeperAnswer> {
    return askKeeper(this.server.origin, path, body, options);
  }

  async init(threshold: number, total: number): Promise<string[]> {
    const { body } = await this.ask('/v1/keeper/system/init', { peerId: 1, threshold, total });
    this.shares = initializedSchema.parse(body).shares64;
    return this.shares;
  }

  unseal(shares = this.shares): Promise<KeeperAnswer> {
    return this.ask('/v1/keeper/system/unseal', { payloads64: shares });
  }

  seal(): Promise<KeeperAnswer> {
    return this.ask('/v1/keeper/system/seal', undefined, { method: 'POST' });
  }

  /** Makes a key, or its next generation. */
  generate(keyId: string, algorithm: string, more: object = {}): Promise<KeeperAnswer> {
    return this.ask('/v2/keeper/dkg', {
      ...{ keyId, algorithm, mode: 'CREATE', authorities: [{ id: 'ops' }] },
      ...more,
    });
  }

  async publicKey(keyId: string, generation?: number): Promise<Buffer> {
    const of = generation === undefined ? '' : `&generation=${String(generation)}`;
    const { body } = await this.ask(`/v1/keeper/publicKey?keyId=${encodeURIComponent(keyId)}${of}`);
    return Buffer.from(String(body['data64']), 'base64');
  }

  sign(keyId: string, artifact: object, more: object = {}): Promise<KeeperAnswer> {
    const command = { type: 'arbitrary', authorityId: 'ops', artifact };
    return this.ask('/v2/keeper/sign', { keyId, command, ...more });
  }

  verify(keyId: string, artifact: object, signature64: string, more: object = {}): Promise<KeeperAnswer> {
    const command = { type: 'arbitrary', artifact };
    return this.ask('/v2/keeper/sign/verify', { keyId, command, signature64, ...more });
  }

  stop(): Promise<unknown> {
    return this.server.stop();
  }
}

/** base64 of a text. */
export function b64(text: string | Buffer): string {
  return Buffer.from(text).toString('base64');
}

/** A published public key for Node's cryptography, by way of a JWK: not as the keeper makes its own. */
export function readPublicKey(algorithm: string, bytes: Buffer): KeyObject {
  if (algorithm === 'ED25519') {
    const x = bytes.toString('base64url');
    return createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x } });
  }
  const [curve, crv] =
    algorithm === 'P256' ? (['prime256v1', 'P-256'] as const) : (['secp256k1', 'secp256k1'] as const);
  const point = Buffer.from(ECDH.convertKey(bytes, curve, undefined, undefined, 'uncompressed'));
  const x = point.subarray(1, 33).toString('base64url');
  const y = point.subarray(33).toString('base64url');
  return createPublicKey({ format: 'jwk', key: { kty: 'EC', crv, x, y } });
}
