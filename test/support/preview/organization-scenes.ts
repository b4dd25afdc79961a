import type { World } from '../world.ts';
import { accessScenes } from './access-scenes.ts';
import { accessTemplatesScenes } from './access-templates-scenes.ts';
import { requestsScenes } from './requests-scenes.ts';
import { permissionsScenes } from './permissions-scenes.ts';
import { teamScenes } from './team-scenes.ts';
import { sampleBot, sampleRepositories } from '../world-organization.ts';

const longOrg = 'acme-industries-platform-engineering';
const longName = 'nightly-build-of-the-container-images-01';

const deepName = `${longOrg}/hosts/a1/web/cache`;
/** As long as a name may be, and nowhere a place to break it at. */
const longestName = `${longOrg}/`.padEnd(255, 'cachedlayers');

function longBots(): Partial<World> {
  const names = [longName, ...Array.from({ length: 24 }, (_, index) => `build-${String(index + 1)}`)];
  const bots = names.map((name) =>
    sampleBot({
      name,
      org: longOrg,
      subject: `bot:${longOrg}/${name}`,
      grants: Array.from({ length: 12 }, (_, index) => ({
        repository: `${longOrg}/${longName}-${String(index)}`,
        permission: 'writer' as const,
        expiresAt: null,
      })),
    }),
  );
  const fewParts = Array.from({ length: 40 }, (_, index) => `${longOrg}/${longName}-${String(index)}`);
  const repositories = [deepName, longestName, ...fewParts].map((name, index) => ({
    name,
    public: index % 7 === 0,
    actions: ['read', 'write', 'delete', 'admin'] as World['repositories'][number]['actions'],
  }));
  return { bots: { org: longOrg, allowed: true, bots }, repositories };
}

/** What the main process knows in the pictures of an organization. */
export const organizationScenes = {
  ...teamScenes,
  ...accessScenes,
  ...accessTemplatesScenes,
  ...requestsScenes,
  ...permissionsScenes,
  noBots: () => ({ bots: { org: 'acme', allowed: true, bots: [] }, repositories: [], grants: [] }),
  nobodyAuthorized: () => ({ grants: [] }),
  noOrganization: () => ({ bots: { org: null, allowed: false, bots: [] } }),
  memberOnly: () => ({
    bots: { org: 'acme', allowed: false, bots: [] },
    repositories: sampleRepositories().map((repository) => ({ ...repository, actions: ['read' as const] })),
  }),
  longBots,
  organizationFails: () => ({
    failures: {
      'bots.list': { code: 'server_unreachable' },
      'grants.repositories': { code: 'key_not_registered' },
    },
  }),
  deedsFail: () => ({
    failures: {
      'bots.makeKey': { code: 'not_allowed' },
      'grants.list': { code: 'server_unreachable' },
      'grants.grant': { code: 'nobody_found' },
    },
  }),
  noTags: () => ({ tags: [] }),
  manyTags: () => ({
    tags: [
      ...Array.from({ length: 3000 }, (_, index) => `1.${String(index)}.0`),
      ...['latest', `zz-${'nightly-build-of-the-container-images.'.repeat(4)}`.slice(0, 128)],
    ],
  }),
  tagsFail: () => ({ failures: { 'images.tags': { code: 'server_unreachable' } } }),
  tagsLoading: () => ({ hanging: ['images.tags'] }),
  tagStays: () => ({ failures: { 'images.deleteTag': { code: 'deletion_off' } } }),
  organizationLoading: () => ({ hanging: ['bots.list', 'grants.repositories'] }),
} satisfies Readonly<Record<string, () => Partial<World>>>;
