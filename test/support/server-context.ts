import { BlockList } from 'node:net';
import type { Kysely, KyselyPlugin } from 'kysely';
import { appendEvents } from '../../reference-server/audit/audit-log.ts';
import { EventStreams } from '../../reference-server/events/event-streams.ts';
import { Connections } from '../../reference-server/http/connections.ts';
import { FailureCounter } from '../../reference-server/limits/failure-counter.ts';
import { accessRequestRule } from '../../reference-server/limits/access-requests.ts';
import { unknownAddressRule } from '../../reference-server/limits/unknown-addresses.ts';
import { MailLimits } from '../../reference-server/limits/mail-limits.ts';
import { newOrganizationRule } from '../../reference-server/limits/new-organizations.ts';
import { SignInLimits, signInRules } from '../../reference-server/limits/sign-in-limits.ts';
import { artifactKeeperSettings } from '../../reference-server/config/artifact-keeper.ts';
import { serverDialects } from '../../reference-server/config/dialects.ts';
import { closedKeeper } from './keeper-settings.ts';
import { kisenonSettings } from '../../reference-server/config/kisenon.ts';
import { newKeeperMemory } from '../../reference-server/keeper/memory.ts';
import type { ServerContext } from '../../reference-server/context.ts';
import type { Database } from '../../reference-server/db/schema.ts';
import { unitOfWork } from '../../reference-server/db/write.ts';
import { RepositoryUses } from '../../reference-server/db/repository-uses.ts';
import { ownerOfUser } from '../../reference-server/identity/keys.ts';
import type { KeyOwner } from '../../reference-server/identity/keys.ts';
import { openMigrated } from './migrated-database.ts';

export interface TestContext extends ServerContext {
  /** Also changes what it should not. What is remembered of the database hears only of `write`. */
  db: Kysely<Database>;
  /** Lets time pass, in seconds. */
  advance(seconds: number): void;
}

/** A demo user as the owner of keys, who can be their own actor. */
export async function demoOwner(context: ServerContext, username: string): Promise<KeyOwner> {
  const user = await context.db
    .selectFrom('users')
    .selectAll()
    .where('username', '=', username)
    .executeTakeFirstOrThrow();
  return ownerOfUser(user);
}

export const testOrigin = 'https://keyhold.example';

/** The parts of a server on a real database in memory, without HTTP and with a clock that stands still. */
export async function newTestContext(): Promise<TestContext> {
  let time = Date.now();
  const now = () => new Date(time);
  const db = await openMigrated(':memory:');
  const eventStreams = new EventStreams({ db, now });
  const write = unitOfWork(db, appendEvents(now), (tables) => eventStreams.wake(tables));
  return {
    db,
    now,
    write,
    accessRequests: new FailureCounter(now, accessRequestRule),
    unknownAddresses: new FailureCounter(now, unknownAddressRule),
    repositoryUses: new RepositoryUses(write, now),
    connections: new Connections(),
    eventStreams,
    signInLimits: new SignInLimits(now),
    directory: null,
    tokenRefusals: new FailureCounter(now, signInRules.name),
    auditFile: null,
    sendMails: null,
    mailLimits: new MailLimits(now),
    newOrganizations: new FailureCounter(now, newOrganizationRule),
    origin: () => testOrigin,
    secrets: {
      registryTokenKey: new Uint8Array(32),
      sessionJwtKey: new Uint8Array(32).fill(1),
      accessTokenKey: new Uint8Array(32).fill(2),
    },
    keeper: newKeeperMemory(now),
    config: {
      name: 'Test',
      host: '127.0.0.1',
      port: 0,
      dataDir: ':memory:',
      database: undefined,
      blobDir: ':memory:',
      orgStorage: 1024 ** 3,
      origin: testOrigin,
      tls: undefined,
      logLevel: 'silent',
      trustedProxies: new BlockList(),
      seed: undefined,
      dialects: serverDialects,
      kisenon: kisenonSettings(),
      artifactKeeper: artifactKeeperSettings(),
      keeper: closedKeeper,
      mail: null,
    },
    advance: (seconds) => {
      time += seconds * 1000;
    },
  };
}

/** The same context, which counts the queries that are asked of it. */
export function countQueries(context: ServerContext): { context: ServerContext; taken(): number } {
  let queries = 0;
  const count: KyselyPlugin = {
    // Is called for subqueries too.
    transformQuery: ({ node }) => node,
    transformResult: ({ result }) => {
      queries += 1;
      return Promise.resolve(result);
    },
  };
  return {
    context: { ...context, db: (context.db as Kysely<Database>).withPlugin(count) },
    /** Since the last time. */
    taken: () => {
      const taken = queries;
      queries = 0;
      return taken;
    },
  };
}
