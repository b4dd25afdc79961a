import { batchMadeSchema } from '../../contracts/server-api/access/batches.ts';
import type { BatchRequest } from '../../contracts/server-api/access/batches.ts';
import { matrixSchema } from '../../contracts/server-api/access/matrix.ts';
import type { Matrix } from '../../contracts/server-api/access/matrix.ts';
import { call } from './server-client.ts';
import type { CallResult } from './server-client.ts';
import type { TestServer } from './server.ts';

type Changes = BatchRequest['changes'];

/** What one caller asks about access in one organization. */
export class AccessCaller {
  readonly #server: TestServer;
  readonly #token: string;
  readonly #org: string;

  constructor(server: TestServer, token: string, org: string) {
    [this.#server, this.#token, this.#org] = [server, token, org];
  }

  async matrix(query: Record<string, string> = {}): Promise<Matrix> {
    const search = new URLSearchParams({ org: this.#org, ...query });
    return matrixSchema.parse((await this.call(`/v1/access/matrix?${search.toString()}`)).body);
  }

  /** The version of what there is now. */
  async version(): Promise<string> {
    return (await this.matrix({ principals_limit: '1', repositories_limit: '1' })).version;
  }

  /** Sends a batch. @param version - Without quotation marks; null for no `If-Match` */
  async send(changes: Changes, version: string | null, key?: string): Promise<CallResult> {
    const response = await fetch(new URL('/v1/access/batches', this.#server.origin), {
      method: 'POST',
      headers: {
        authorization: `Bearer ${this.#token}`,
        'content-type': 'application/json',
        ...(version === null ? {} : { 'if-match': `"${version}"` }),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
      },
      body: JSON.stringify({ org: this.#org, changes }),
    });
    return { status: response.status, headers: response.headers, body: await response.json() };
  }

  /** Makes a batch on what there is now. */
  async apply(...changes: Changes): Promise<{ id: string; version: string }> {
    return batchMadeSchema.parse((await this.send(changes, await this.version())).body);
  }

  preview(...changes: Changes): Promise<CallResult> {
    return this.call('/v1/access/preview', { body: { org: this.#org, changes } });
  }

  undo(id: string): Promise<CallResult> {
    return this.call(`/v1/access/batches/${id}/undo`, { method: 'POST' });
  }

  call(path: string, options: { method?: string; body?: unknown } = {}): Promise<CallResult> {
    return call(this.#server, path, { token: this.#token, ...options });
  }
}
