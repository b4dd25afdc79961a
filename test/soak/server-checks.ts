import { auditPageSchema, auditVerifySchema, type AuditEventRow } from '../../contracts/server-api/audit.ts';
import { grantListSchema } from '../../contracts/server-api/authorizations.ts';
import { botListSchema } from '../../contracts/server-api/bots.ts';
import { publicKeyListSchema } from '../../contracts/server-api/keys.ts';
import { sha256 } from '../support/oci-image.ts';
import { RepositoryClient } from '../support/registry-client.ts';
import { call, signIn } from '../support/server-client.ts';
import type { TestServer } from '../support/server.ts';
import { nothing } from './ledger.ts';
import { repositories, type BegunUpload, type ServerLoad } from './server-load.ts';
import type { Tally } from './tally.ts';

/** The newest entry of the audit log that was seen. */
interface Head {
  seq: number;
  hash: string;
}

/** Holds a server that was started again against what it acknowledged before. */
export class ServerChecks {
  readonly #load: ServerLoad;
  readonly #tally: Tally;
  readonly #wrong: (what: string) => void;
  #head: Head = { seq: 0, hash: '' };
  /** Blobs that were found, and are looked at again at the end. */
  readonly #found = new Set<string>();

  constructor(load: ServerLoad, tally: Tally) {
    this.#load = load;
    this.#tally = tally;
    this.#wrong = load.wrong;
  }

  /** @param all whether contents that were found before are read once more */
  async check(server: TestServer, { all }: { all: boolean }): Promise<void> {
    const clients = new Map<string, RepositoryClient>();
    for (const name of repositories) clients.set(name, await RepositoryClient.open(server, 'maya', name));
    const client = (name: string): RepositoryClient => {
      const found = clients.get(name);
      if (found === undefined) throw new Error(`no repository ${name}`);
      return found;
    };
    const [maya, jonas] = [await signIn(server, 'maya'), await signIn(server, 'jonas')];
    // First, for what is looked at afterwards writes to it.
    await this.#checkAudit(server, maya);
    await this.#checkGrants(server, maya);
    await this.#checkKeys(server, jonas);
    await this.#checkBots(server, maya);
    for (const upload of this.#load.uploads.splice(0))
      await this.#checkUpload(client(upload.repository), upload);
    await this.#checkBlobs(client, all);
    await this.#checkTags(client);
  }

  #find(thing: string, state: string): void {
    const wrong = this.#load.ledger.find(thing, state);
    if (wrong !== null) this.#wrong(wrong);
  }

  /** The log has all that was acknowledged, goes on from where it was, and its chain holds. */
  async #checkAudit(server: TestServer, token: string): Promise<void> {
    const verified = auditVerifySchema.parse(
      (await call(server, '/v1/audit/verify', { method: 'POST', token })).body,
    );
    if (!verified.valid) this.#wrong(`the audit log is broken: ${JSON.stringify(verified)}`);
    const entries = new Set<string>();
    let before: number | undefined;
    let newest: Head | undefined;
    let isKnown = this.#head.seq === 0;
    for (;;) {
      const query = before === undefined ? '' : `&before=${String(before)}`;
      const { events } = auditPageSchema.parse(
        (await call(server, `/v1/audit?limit=500${query}`, { token })).body,
      );
      newest ??= events[0];
      for (const event of events) entries.add(entryOf(event));
      isKnown ||= events.some(({ seq, hash }) => seq === this.#head.seq && hash === this.#head.hash);
      before = events.at(-1)?.seq;
      if (events.length < 500 || (before ?? 0) <= this.#head.seq) break;
    }
    if (!isKnown) this.#wrong(`entry ${String(this.#head.seq)} of the audit log is another or gone`);
    this.#head = newest ?? this.#head;
    for (const entry of this.#load.ledger.missingEntries(entries))
      this.#wrong(`the audit log has no ${entry}`);
  }

  async #checkGrants(server: TestServer, token: string): Promise<void> {
    for (const repository of repositories) {
      const { body } = await call(server, `/v1/repos/${repository}/authorizations`, { token });
      const { authorizations } = grantListSchema.parse(body);
      for (const { name } of this.#load.ledger.of('grant')) {
        const [where, username] = name.split(' ');
        if (where !== repository) continue;
        const grant = authorizations.find(({ user }) => user?.username === username);
        this.#find(`grant ${name}`, grant?.permission ?? nothing);
      }
    }
  }

  /** A registered key opens the door, and a revoked one does not. */
  async #checkKeys(server: TestServer, token: string): Promise<void> {
    const { keys } = publicKeyListSchema.parse((await call(server, '/v1/keys', { token })).body);
    const listed = new Set(keys.map(({ kid }) => kid));
    for (const [kid, key] of this.#load.keys) {
      const state = listed.has(kid) ? 'registered' : nothing;
      this.#find(`key ${kid}`, state);
      const apiToken = await key.apiToken(server.user('jonas').id, server.origin);
      const { status } = await call(server, '/v1/whoami', { token: apiToken });
      if (status !== (state === nothing ? 401 : 200))
        this.#wrong(`key ${kid}, ${state}, is answered ${String(status)}`);
      if (state === nothing) this.#load.keys.delete(kid);
    }
  }

  async #checkBots(server: TestServer, token: string): Promise<void> {
    const names = new Set<string>();
    for (let after: string | undefined = ''; after !== undefined;) {
      const { body } = await call(server, `/v1/orgs/acme/bots?limit=25&after=${after}`, { token });
      const page = botListSchema.parse(body);
      for (const { name } of page.bots) names.add(name);
      after = page.next ?? undefined;
    }
    for (const { name } of this.#load.ledger.of('bot')) {
      this.#find(`bot ${name}`, names.has(name) ? 'there' : nothing);
    }
  }

  /** What was acknowledged of an upload is there, and it can be gone on with; or the server says that it has ended. */
  async #checkUpload(client: RepositoryClient, upload: BegunUpload): Promise<void> {
    const response = await client.send(upload.location);
    const text = await response.text();
    if (response.status === 404 && text.includes('BLOB_UPLOAD_UNKNOWN')) {
      this.#tally.count('uploads that had ended');
      return;
    }
    const received = Number((response.headers.get('range') ?? '0-0').split('-')[1]) + 1;
    const has = received === 1 ? 0 : received;
    if (response.status !== 204 || has < upload.received || has > upload.content.length) {
      this.#wrong(
        `${upload.location}: ${String(response.status)}, ${String(has)} bytes of ${String(upload.received)}`,
      );
      return;
    }
    upload.received = has;
    if (await this.#load.finish(client, upload)) this.#tally.count('uploads continued');
  }

  async #checkBlobs(client: (name: string) => RepositoryClient, all: boolean): Promise<void> {
    for (const { name } of this.#load.ledger.of('blob')) {
      if (this.#found.has(name) && !all) continue;
      const [repository = '', digest = ''] = name.split(' ');
      const response = await client(repository).send(`blobs/${digest}`);
      const content = new Uint8Array(await response.arrayBuffer());
      if (response.status === 200 && sha256(content) !== digest)
        this.#wrong(`wrong bytes are served as ${name}`);
      if (response.status !== 200 && response.status !== 404)
        this.#wrong(`${name} is answered ${String(response.status)}`);
      this.#find(`blob ${name}`, response.status === 200 ? 'there' : nothing);
      this.#found.add(name);
      this.#tally.count('blobs read');
    }
  }

  async #checkTags(client: (name: string) => RepositoryClient): Promise<void> {
    for (const { name } of this.#load.ledger.of('tag')) {
      const [repository = '', tag = ''] = name.split(' ');
      const response = await client(repository).send(`manifests/${tag}`);
      const digest = sha256(new Uint8Array(await response.arrayBuffer()));
      this.#find(`tag ${name}`, response.status === 404 ? nothing : digest);
      if (response.status !== 404 && response.headers.get('docker-content-digest') !== digest) {
        this.#wrong(`wrong bytes are served as ${name}`);
      }
    }
  }
}

/** An entry of the audit log as the ledger names it. */
function entryOf({ action, target, details }: AuditEventRow): string {
  const what = details['grant'] ?? (action.startsWith('registry.') ? details['digest'] : undefined);
  return [action, target, ...(what === undefined ? [] : [what])].join(' ');
}
