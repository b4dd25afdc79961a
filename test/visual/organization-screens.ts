import type { Page } from '@playwright/test';
import { accessScreens } from './access-screens.ts';
import { accessTemplatesScreens } from './access-templates-screens.ts';
import { requestsScreens } from './requests-screens.ts';
import { permissionsScreens } from './permissions-screens.ts';
import type { Screen } from './screens.ts';
import { click, type Step, type as fill, visit, tap } from './steps.ts';

const newKey: Step = async (page) => {
  await click('New key')(page);
  await click('Make and register key')(page);
};

const authorizeBot: Step = async (page) => {
  await tap(page.getByText('Bot', { exact: true }));
  await page.getByRole('combobox', { name: 'Bot' }).selectOption('release');
};

const access: Step = (page) => tap(page.getByRole('tab', { name: 'Access' }));

function tag(name: string): Step {
  return (page) => tap(page.getByRole('option', { name }));
}

const seen: Step = (page) => page.getByRole('option', { name: /linux/ }).first().waitFor();

const asSkopeo: Step = async (page) => {
  await tap(page.getByText('Skopeo', { exact: true }));
  await tap(page.getByText('Digest', { exact: true }).last());
};

async function authorize(page: Page): Promise<void> {
  await fill(page, 'Email', 'priya@northwind.example');
  await click('Authorize')(page);
}

/** Bots, and who may use a repository. */
export const organizationScreens: readonly Screen[] = [
  ...accessScreens,
  ...accessTemplatesScreens,
  ...requestsScreens,
  ...permissionsScreens,
  { name: 'bots', scene: 'active', go: visit('Bots') },
  { name: 'bots-none', scene: 'noBots', go: visit('Bots') },
  { name: 'bots-no-organization', scene: 'noOrganization', go: visit('Bots') },
  { name: 'bots-member', scene: 'memberOnly', go: visit('Bots') },
  { name: 'bots-long', scene: 'longBots', go: visit('Bots') },
  {
    name: 'bots-long-sheet',
    scene: 'longBots',
    go: visit('Bots', click('nightly-build-of-the-container-images-01')),
  },
  { name: 'bots-failed', scene: 'organizationFails', go: visit('Bots') },
  { name: 'bots-loading', scene: 'organizationLoading', go: visit('Bots') },
  { name: 'bots-new', scene: 'active', go: visit('Bots', click('New bot')) },
  {
    name: 'bots-new-taken',
    scene: 'active',
    go: visit('Bots', click('New bot'), (page) => fill(page, 'Name', 'release'), click('Make bot')),
  },
  { name: 'bots-sheet', scene: 'active', go: visit('Bots', click('release')) },
  { name: 'bots-sheet-new', scene: 'active', go: visit('Bots', click('nightly')) },
  { name: 'bots-key', scene: 'active', go: visit('Bots', click('release'), click('New key')) },
  { name: 'bots-key-failed', scene: 'deedsFail', go: visit('Bots', click('release'), newKey) },
  { name: 'bots-credential', scene: 'active', go: visit('Bots', click('release'), newKey) },
  {
    name: 'bots-credential-saved',
    scene: 'active',
    go: visit('Bots', click('release'), newKey, click('Save file…'), click('Copy variables')),
  },
  {
    name: 'bots-revoke',
    scene: 'active',
    go: visit('Bots', click('release'), click('Revoke Build server')),
  },
  { name: 'bots-delete', scene: 'active', go: visit('Bots', click('release'), click('Delete bot…')) },
  { name: 'repositories', scene: 'active', go: visit('Repositories') },
  { name: 'repositories-none', scene: 'noBots', go: visit('Repositories') },
  { name: 'repositories-long', scene: 'longBots', go: visit('Repositories') },
  {
    name: 'repository-longest',
    scene: 'longBots',
    go: visit('Repositories', click(/cachedlayers/), seen),
  },
  {
    name: 'repository-longest-tag',
    scene: 'longBots',
    go: visit('Repositories', click(/cachedlayers/), tag('latest')),
  },
  {
    name: 'repository-longest-delete',
    scene: 'longBots',
    go: visit('Repositories', click(/cachedlayers/), tag('latest'), click('Delete tag…')),
  },
  {
    name: 'repository-longest-access',
    scene: 'longBots',
    go: visit('Repositories', click(/cachedlayers/), access, authorize),
  },
  { name: 'repositories-failed', scene: 'organizationFails', go: visit('Repositories') },
  { name: 'repositories-loading', scene: 'organizationLoading', go: visit('Repositories') },
  { name: 'authorizations', scene: 'active', go: visit('Repositories', click('acme/web'), access) },
  {
    name: 'authorizations-bot',
    scene: 'active',
    go: visit('Repositories', click('acme/web'), access, authorizeBot),
  },
  {
    name: 'authorizations-none',
    scene: 'nobodyAuthorized',
    go: visit('Repositories', click('acme/base'), access),
  },
  {
    name: 'authorizations-failed',
    scene: 'deedsFail',
    go: visit('Repositories', click('acme/web'), access, authorize),
  },
  {
    name: 'authorizations-reader',
    scene: 'memberOnly',
    go: visit('Repositories', click('acme/web'), access),
  },
  { name: 'tags', scene: 'active', go: visit('Repositories', click('acme/web'), seen) },
  {
    name: 'tags-many',
    scene: 'manyTags',
    go: visit('Repositories', click('acme/web'), seen, (page) => page.getByText('3,002').waitFor()),
  },
  { name: 'tags-none', scene: 'noTags', go: visit('Repositories', click('acme/web')) },
  { name: 'tags-failed', scene: 'tagsFail', go: visit('Repositories', click('acme/web')) },
  { name: 'tags-loading', scene: 'tagsLoading', go: visit('Repositories', click('acme/web')) },
  {
    name: 'tags-no-match',
    scene: 'active',
    go: visit('Repositories', click('acme/web'), seen, (page) => page.keyboard.type('nothing')),
  },
  { name: 'tag-index', scene: 'active', go: visit('Repositories', click('acme/web'), tag('1.10.0 Index')) },
  { name: 'tag-image', scene: 'active', go: visit('Repositories', click('acme/web'), tag('pr-412')) },
  { name: 'tag-artifact', scene: 'active', go: visit('Repositories', click('acme/web'), tag('sbom')) },
  { name: 'tag-broken', scene: 'active', go: visit('Repositories', click('acme/web'), tag('broken')) },
  {
    name: 'tag-skopeo',
    scene: 'active',
    go: visit('Repositories', click('acme/web'), tag('latest'), asSkopeo),
  },
  {
    name: 'tag-long',
    scene: 'manyTags',
    go: visit('Repositories', click('acme/web'), tag('zz-')),
  },
  {
    name: 'tag-delete',
    scene: 'active',
    go: visit('Repositories', click('acme/web'), tag('pr-412'), click('Delete tag…')),
  },
  {
    name: 'tag-delete-refused',
    scene: 'tagStays',
    go: visit('Repositories', click('acme/web'), tag('pr-412'), click('Delete tag…'), click('Delete tag')),
  },
];
