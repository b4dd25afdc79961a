import { availableParallelism } from 'node:os';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { findPostgres } from './test/support/postgres.ts';
import { keepTempInMemory } from './test/support/temp-folder.ts';

keepTempInMemory();

/** The clock that they stop belongs to a document, and does not go on in the next one. */
const withTheirOwnClock = ['test/component/approvals.test.tsx', 'test/component/opened-app.test.tsx'];

/**
 * Contract tests of what the server keeps in its database: they run a second time, on PostgreSQL. Left out are those whose
 * statements are all in others of these.
 */
const ofTheDatabase = [
  'access-batches',
  'access-conflicts',
  'access-credentials',
  'access-defaults',
  'access-grants',
  'access-knowledge',
  'access-matrix',
  'access-request-safety',
  'access-requests',
  'access-review',
  'access-templates',
  'alpha-gate',
  'api-key-safety',
  'api-keys',
  'api-tokens',
  'artifact-keeper-audit',
  'bots',
  'bounded-answers',
  'branches',
  'changes-under-way',
  'cli-exchange',
  'deleted-organization',
  'disabled-accounts',
  'ended-memberships',
  'events',
  'first-run',
  'groups',
  'invitations',
  'inviting',
  'keeper-keys',
  'keeper-kills',
  'keeper-oversight',
  'keeper-own-rows',
  'keeper-seal',
  'keeper-tampering',
  'large-seed',
  'ldap-status',
  'ldap-sync',
  'oidc-identities',
  'oidc-web',
  'organizations',
  'permissions',
  'projects',
  'registry-blobs',
  'registry-catalog',
  'registry-deletion',
  'registry-manifests',
  'registry-referrers',
  'renewed-sessions',
  'remade-repositories',
  'repository-uses',
  'server-keys',
  'server-races',
  'server-repositories',
  'server-rights',
  'server-sign-in',
  'server-users',
  'sso-groups',
].map((name) => `test/contract/${name}.test.ts`);

const postgres = findPostgres();
if (postgres === null) {
  process.stderr.write(
    'No tests on PostgreSQL: its server programs (initdb, postgres) are not on this machine.\n',
  );
}

/** For what has no JSX: Node loads the sources itself, as it does for the scripts and the server. That costs less. */
const byNode = { experimental: { viteModuleRunner: false, nodeLoader: false } };

const contractPostgres = {
  extends: true,
  test: {
    ...byNode,
    name: 'contract-postgres',
    include: [...ofTheDatabase, 'test/contract/postgres/*.test.ts'],
    globalSetup: 'test/support/postgres-setup.ts',
  },
} as const;

const component = {
  extends: true,
  plugins: [react()],
  test: { environment: 'jsdom', setupFiles: ['test/component/setup.ts'] },
} as const;

/** The soak's file takes ten times as long as others: begun last, it would run on alone. */
class SoakFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isSoak = ({ moduleId }: TestSpecification): boolean => moduleId.includes('/test/soak/');
    return [...sorted.filter(isSoak), ...sorted.filter((file) => !isSoak(file))];
  }
}

export default defineConfig({
  test: {
    // Guards against a hang, no measure of speed: a machine that does much else at once takes many times as long.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 60_000 } },
    // Two for each core: half of the time of the contract's tests goes by in waiting for programs and databases.
    maxWorkers: 2 * availableParallelism(),
    // Files share a process and what it has loaded: that halves their time.
    isolate: false,
    sequence: { sequencer: SoakFirst },
    projects: [
      { extends: true, test: { ...byNode, name: 'unit', include: ['test/{unit,soak}/**/*.test.ts'] } },
      { extends: true, test: { ...byNode, name: 'contract', include: ['test/contract/*.test.ts'] } },
      ...(postgres === null ? [] : [contractPostgres]),
      {
        ...component,
        test: {
          ...component.test,
          name: 'component',
          include: ['test/component/**/*.test.ts?(x)'],
          exclude: withTheirOwnClock,
        },
      },
      {
        ...component,
        test: { ...component.test, name: 'component-clock', include: withTheirOwnClock, isolate: true },
      },
    ],
  },
});
