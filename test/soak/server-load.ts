import { randomBytes, randomInt } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import { sha256 } from '../support/oci-image.ts';
import { RepositoryClient } from '../support/registry-client.ts';
import { call, signIn } from '../support/server-client.ts';
import type { TestServer } from '../support/server.ts';
import { newTestKey, type TestKey } from '../support/test-key.ts';
import { nothing, type Ledger } from './ledger.ts';

/** An upload in parts, as far as it was sent and acknowledged. */
export interface BegunUpload {
  repository: string;
  location: string;
  content: Buffer<ArrayBuffer>;
  /** Bytes that the server said it has. */
  received: number;
  /** Whether its end was asked for. */
  isEnding: boolean;
}

export const repositories = ['acme/web', 'acme/api'] as const;
const principals = ['jonas', 'priya'] as const;
/** More keys than that are not kept. */
const mostKeys = 8;
const largest = 100_000;
const words = z.union([
  z.object({ error: z.object({ message: z.string().min(10) }) }),
  z.object({ errors: z.array(z.object({ message: z.string().min(10) })).min(1) }),
]);

function pick<T>(values: readonly T[]): T {
  return values[randomInt(values.length)] as T;
}

/** People and programs that use a server all at once: pushes, uploads in parts, grants, keys and bots. */
export class ServerLoad {
  readonly ledger: Ledger;
  readonly uploads: BegunUpload[] = [];
  /** Keys that were registered or are to be, by kid. */
  readonly keys = new Map<string, TestKey>();
  readonly wrong: (what: string) => void;
  /** Answers that say that the server cannot do it now. */
  refused = 0;
  /** Called after each answer of the kind. */
  onRefused: () => void = () => undefined;
  #isOver = false;
  #mayRefuse = false;

  /** @param wrong is told of answers that should not be */
  constructor(ledger: Ledger, wrong: (what: string) => void) {
    this.ledger = ledger;
    this.wrong = wrong;
  }

  /**
   * Uses the server until it is gone, or `stop` is called.
   *
   * @param mayRefuse whether it may say that it cannot write
   */
  async use(server: TestServer, { mayRefuse }: { mayRefuse: boolean }): Promise<void> {
    this.#isOver = false;
    this.#mayRefuse = mayRefuse;
    const [web, api] = await Promise.all(
      repositories.map((name) => RepositoryClient.open(server, 'maya', name)),
    );
    const [maya, jonas] = await Promise.all([signIn(server, 'maya'), signIn(server, 'jonas')]);
    if (web === undefined || api === undefined) throw new Error('there are no repositories');
    const loops = [
      () => this.#pushBlob(web),
      () => this.#pushInParts(web),
      () => this.#pushInParts(api),
      () => this.#pushImage(api),
      () => this.#setGrant(server, maya),
      () => this.#changeKeys(server, jonas),
      () => this.#changeBots(server, maya),
    ];
    await Promise.all(loops.map((work) => this.#repeat(work)));
  }

  stop(): void {
    this.#isOver = true;
  }

  /** Goes on until the server is gone, which breaks requests off: fetch says so with a cause. */
  async #repeat(work: () => Promise<unknown>): Promise<void> {
    try {
      while (!this.#isOver) {
        await work();
        await setImmediate();
      }
    } catch (error) {
      if (!(error instanceof Error) || error.cause === undefined) throw error;
    }
  }

  /** Whether an answer is the wanted one. One that says that the server cannot write has to say so in words. */
  #isDone(status: number, body: unknown, wanted: readonly number[], what: string): boolean {
    if (wanted.includes(status)) return true;
    if (this.#mayRefuse && status >= 500 && words.safeParse(body).success) {
      this.refused += 1;
      this.onRefused();
    } else this.wrong(`${what} is answered ${String(status)}: ${JSON.stringify(body)}`);
    return false;
  }

  async #isDoneBy(response: Response, wanted: number, what: string): Promise<boolean> {
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    return this.#isDone(response.status, isJson ? JSON.parse(text) : text, [wanted], what);
  }

  async #pushBlob(
    client: RepositoryClient,
    content = randomBytes(randomInt(1, largest)),
  ): Promise<string | null> {
    const digest = sha256(content);
    const thing = `blob ${client.name} ${digest}`;
    this.ledger.ask(thing, 'there');
    const response = await client.send(`blobs/uploads/?digest=${digest}`, { method: 'POST', body: content });
    if (!(await this.#isDoneBy(response, 201, 'a blob'))) return null;
    this.ledger.acknowledge(thing, 'there');
    return digest;
  }

  async #pushInParts(client: RepositoryClient): Promise<void> {
    const begun = await client.send('blobs/uploads/', { method: 'POST' });
    if (!(await this.#isDoneBy(begun, 202, 'the beginning of an upload'))) return;
    const upload: BegunUpload = {
      repository: client.name,
      location: begun.headers.get('location') ?? '',
      content: randomBytes(randomInt(4, largest)),
      received: 0,
      isEnding: false,
    };
    this.uploads.push(upload);
    const parts = randomInt(1, 4);
    for (let part = 1; part <= parts; part += 1) {
      const end = Math.ceil((upload.content.length * part) / (parts + 1));
      const body = upload.content.subarray(upload.received, end);
      const response = await client.send(upload.location, { method: 'PATCH', body });
      if (!(await this.#isDoneBy(response, 202, 'a part'))) return;
      upload.received = end;
      this.ledger.acknowledge(`part ${upload.location}`, String(end));
    }
    await this.finish(client, upload);
  }

  /** Sends what is left of an upload. @returns whether it was acknowledged */
  async finish(client: RepositoryClient, upload: BegunUpload): Promise<boolean> {
    const digest = sha256(upload.content);
    const thing = `blob ${upload.repository} ${digest}`;
    upload.isEnding = true;
    this.ledger.ask(thing, 'there');
    const response = await client.send(`${upload.location}?digest=${digest}`, {
      method: 'PUT',
      body: upload.content.subarray(upload.received),
    });
    if (!(await this.#isDoneBy(response, 201, 'the end of an upload'))) return false;
    this.uploads.splice(this.uploads.indexOf(upload), 1);
    this.ledger.acknowledge(thing, 'there');
    return true;
  }

  async #pushImage(client: RepositoryClient): Promise<void> {
    const contents = [JSON.stringify({ made: randomInt(2 ** 40) }), randomBytes(randomInt(1, largest))].map(
      (part) => Buffer.from(part),
    );
    const digests: string[] = [];
    for (const content of contents) {
      const digest = await this.#pushBlob(client, content);
      if (digest === null) return;
      digests.push(digest);
    }
    const [config, layer] = digests.map((digest, at) => ({
      mediaType:
        at === 0 ? 'application/vnd.oci.image.config.v1+json' : 'application/vnd.oci.image.layer.v1.tar',
      digest,
      size: contents[at]?.length ?? 0,
    }));
    const type = 'application/vnd.oci.image.manifest.v1+json';
    const body = JSON.stringify({ schemaVersion: 2, mediaType: type, config, layers: [layer] });
    const [digest, tag] = [sha256(Buffer.from(body)), `v${String(randomInt(20))}`];
    const thing = `tag ${client.name} ${tag}`;
    this.ledger.ask(thing, digest);
    const response = await client.putManifest(tag, body, type);
    if (!(await this.#isDoneBy(response, 201, 'a manifest'))) return;
    this.ledger.acknowledge(thing, digest, `registry.manifest_pushed ${client.name} ${digest}`);
  }

  async #setGrant(server: TestServer, token: string): Promise<void> {
    const [repository, username, permission] = [
      pick(repositories),
      pick(principals),
      pick(['reader', 'writer'] as const),
    ];
    const thing = `grant ${repository} ${username}`;
    const path = `/v1/repos/${repository}/authorizations`;
    this.ledger.ask(thing, permission);
    const { email } = server.user(username);
    const set = await call(server, path, { token, body: { email, permission } });
    if (!this.#isDone(set.status, set.body, [200, 201], 'a grant')) return;
    const { id } = set.body as { id: string };
    this.ledger.acknowledge(thing, permission, `grant.set ${repository} ${id}`);
    if (randomInt(3) > 0) return;
    this.ledger.ask(thing, nothing);
    const removed = await call(server, `${path}/${id}`, { method: 'DELETE', token });
    if (!this.#isDone(removed.status, removed.body, [204], 'taking a grant back')) return;
    this.ledger.acknowledge(thing, nothing, `grant.removed ${repository} ${id}`);
  }

  async #changeKeys(server: TestServer, token: string): Promise<void> {
    const registered = this.ledger.of('key').filter(({ sure }) => sure === 'registered');
    const [oldest] = registered;
    if (oldest !== undefined && (registered.length >= mostKeys || randomInt(3) === 0)) {
      await this.#revokeKey(server, token, oldest.name);
      return;
    }
    const key = await newTestKey();
    this.keys.set(key.kid, key);
    this.ledger.ask(`key ${key.kid}`, 'registered');
    const registrationToken = await key.registrationToken(server.user('jonas').id, server.origin);
    const answer = await call(server, '/v1/keys', { token, body: { registration_token: registrationToken } });
    if (!this.#isDone(answer.status, answer.body, [201], 'a registration')) return;
    this.ledger.acknowledge(`key ${key.kid}`, 'registered', `key.registered ${key.kid}`);
  }

  async #revokeKey(server: TestServer, token: string, kid: string): Promise<void> {
    this.ledger.ask(`key ${kid}`, nothing);
    const { status, body } = await call(server, `/v1/keys/${kid}`, { method: 'DELETE', token });
    if (!this.#isDone(status, body, [204], 'a revocation')) return;
    this.ledger.acknowledge(`key ${kid}`, nothing, `key.revoked ${kid}`);
  }

  async #changeBots(server: TestServer, token: string): Promise<void> {
    const name = `bot-${randomBytes(4).toString('hex')}`;
    const path = '/v1/orgs/acme/bots';
    this.ledger.ask(`bot ${name}`, 'there');
    const made = await call(server, path, { token, body: { name } });
    if (!this.#isDone(made.status, made.body, [201], 'a bot')) return;
    this.ledger.acknowledge(`bot ${name}`, 'there', `bot.created acme/${name}`);
    this.ledger.ask(`bot ${name}`, nothing);
    const deleted = await call(server, `${path}/${name}`, { method: 'DELETE', token });
    if (!this.#isDone(deleted.status, deleted.body, [204], 'deleting a bot')) return;
    this.ledger.acknowledge(`bot ${name}`, nothing, `bot.deleted acme/${name}`);
  }
}
