import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { ldapSyncCountsSchema } from '../../../contracts/server-api/artifact-keeper/ldap.ts';
import type { LdapStatus, LdapSyncCounts } from '../../../contracts/server-api/artifact-keeper/ldap.ts';
import type { LdapSettings } from '../../config/ldap.ts';
import type { Directory, ServerContext } from '../../context.ts';
import type { DirectorySyncTable } from '../../db/directory-schema.ts';
import { DirectoryProblem } from './problems.ts';
import { syncDirectory } from './sync.ts';

type Log = Pick<FastifyBaseLogger, 'warn' | 'error'>;

/**
 * The syncs of a directory, one after the other. A database has one server at a time, so that nobody else begins one
 * meanwhile.
 */
export class DirectorySyncs {
  readonly #context: ServerContext;
  readonly #directory: Directory;
  readonly #settings: LdapSettings;
  readonly #log: Log;
  readonly #stop = new AbortController();
  #running: Promise<void> | null = null;

  constructor(context: ServerContext, directory: Directory, settings: LdapSettings, log: Log) {
    this.#context = context;
    this.#directory = directory;
    this.#settings = settings;
    this.#log = log;
  }

  /** Begins a sync. @returns false where one goes on already */
  begin(): boolean {
    if (this.#running !== null) return false;
    this.#running = this.#run().finally(() => {
      this.#running = null;
    });
    return true;
  }

  /** Begins a sync when it is time for one. */
  async beginIfDue(): Promise<void> {
    const { next_sync_at: next } = await this.status();
    if (next !== null && new Date(next) <= this.#context.now()) this.begin();
  }

  /** Ends once nothing goes on. */
  async settled(): Promise<void> {
    await this.#running;
  }

  /** Ends what goes on, and waits for its end. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.settled();
  }

  /** How the last sync went, and when the next one is due. */
  async status(): Promise<LdapStatus> {
    const { url, baseDn, groups, syncSeconds } = this.#settings;
    const last = await this.#lastSync();
    return {
      configured: true,
      host: new URL(url).host,
      base_dn: baseDn,
      groups: groups !== null,
      sync_interval: syncSeconds === 0 ? null : syncSeconds,
      running: this.#running !== null,
      last_sync: last === undefined ? null : this.#shown(last),
      last_success_at: last?.succeeded_at ?? null,
      next_sync_at: syncSeconds === 0 ? null : this.#nextAt(last).toISOString(),
    };
  }

  #nextAt(last: DirectorySyncTable | undefined): Date {
    if (last === undefined) return this.#context.now();
    return new Date(new Date(last.started_at).getTime() + this.#settings.syncSeconds * 1000);
  }

  #shown(last: DirectorySyncTable): LdapStatus['last_sync'] {
    const { started_at, ended_at } = last;
    const counts = ldapSyncCountsSchema.safeParse(JSON.parse(last.counts)).data ?? null;
    const wasCut = ended_at === null && this.#running === null;
    const problem = wasCut ? 'The server ended before the sync did.' : last.problem;
    return { started_at, ended_at, problem, counts };
  }

  async #lastSync(): Promise<DirectorySyncTable | undefined> {
    return this.#context.db
      .selectFrom('directory_syncs')
      .selectAll()
      .where('directory', '=', this.#directory.issuer)
      .executeTakeFirst();
  }

  async #run(): Promise<void> {
    try {
      await this.#note({ started_at: this.#now(), ended_at: null, problem: null, counts: '{}' });
      const { problem, counts } = await this.#sync();
      const ended_at = this.#now();
      await this.#note({
        ...{ ended_at, problem, counts: JSON.stringify(counts ?? {}) },
        ...(counts === null ? {} : { succeeded_at: ended_at }),
      });
    } catch (error) {
      this.#log.error({ err: error }, 'the sync of the directory failed');
    }
  }

  async #sync(): Promise<{ problem: string | null; counts: LdapSyncCounts | null }> {
    try {
      const counts = await syncDirectory(this.#context, this.#directory, this.#stop.signal);
      if (counts.administrators_kept.length + counts.groups_refused.length > 0) {
        this.#log.warn({ counts }, 'the directory could not be followed in everything');
      }
      return { problem: null, counts };
    } catch (error) {
      if (!(error instanceof DirectoryProblem)) {
        this.#log.error({ err: error }, 'the sync of the directory failed');
        return { problem: 'Something went wrong in the server. Its log says more.', counts: null };
      }
      const problem = `The directory ${error.message}. Nothing was changed.`;
      this.#log.warn({ problem }, 'the sync of the directory changed nothing');
      return { problem, counts: null };
    }
  }

  async #note(change: Partial<DirectorySyncTable>): Promise<void> {
    const { issuer: directory } = this.#directory;
    const before = { directory, started_at: this.#now(), ended_at: null, succeeded_at: null, problem: null };
    await this.#context.write({}, (tx) =>
      tx
        .insertInto('directory_syncs')
        .values({ ...before, counts: '{}', ...change })
        .onConflict((conflict) => conflict.column('directory').doUpdateSet(change))
        .execute(),
    );
  }

  #now(): string {
    return this.#context.now().toISOString();
  }
}

/** How often the server looks whether it is time for a sync, milliseconds. */
const lookEvery = 10_000;

/** Has a server sync with its directory in time until it closes. @returns null where it has none */
export function syncDirectoryInTime(app: FastifyInstance, context: ServerContext): DirectorySyncs | null {
  const { directory } = context;
  const { ldap } = context.config.artifactKeeper;
  if (directory === null || ldap === null) return null;
  const syncs = new DirectorySyncs(context, directory, ldap, app.log);
  const timer = setInterval(() => {
    syncs
      .beginIfDue()
      .catch((error: unknown) => app.log.error({ err: error }, 'the sync of the directory failed'));
  }, lookEvery).unref();
  app.addHook('onClose', async () => {
    clearInterval(timer);
    await syncs.stop();
  });
  return syncs;
}
