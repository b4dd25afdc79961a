import type { Page } from '@playwright/test';
import type { Screen } from './screens.ts';
import { click, type Step, type as fill, visit, tap } from './steps.ts';

function choose(label: string): Step {
  return (page) => tap(page.getByRole('dialog').getByText(label, { exact: true }));
}

function tick(name: string): Step {
  return (page) => page.getByRole('checkbox', { name: `Select ${name}`, exact: true }).check();
}

async function paste(page: Page): Promise<void> {
  const addresses = [
    'lena@acme.example',
    'jonas@acme.example',
    'ida@northwind.example',
    'Per Berg <per@acme.example>',
  ];
  await page.getByLabel('Email addresses').fill(addresses.join('\n'));
}

const invite: Step = async (page) => {
  await paste(page);
  await click('Invite 4 people')(page);
};

const makeKey: Step = async (page) => {
  await click('Make API key')(page);
  await fill(page, 'Name', 'Read the shop');
};

const pickProjects: Step = async (page) => {
  await makeKey(page);
  await choose('Projects')(page);
  await tick('shop')(page);
  await tick('web')(page);
};

const pickBranches: Step = async (page) => {
  await makeKey(page);
  await choose('Branches')(page);
  await tick('feature/checkout')(page);
  await choose('Agent')(page);
  await page.getByLabel('It ends').selectOption('date');
};

const made: Step = async (page) => {
  await pickProjects(page);
  await tap(page.getByRole('dialog').getByRole('button', { name: 'Make API key' }));
  await page.getByRole('button', { name: 'Reveal key' }).waitFor();
};

const reveal: Step = async (page) => {
  await made(page);
  await click('Reveal key')(page);
  await choose('fetch')(page);
};

const failToMake: Step = async (page) => {
  await makeKey(page);
  await tap(page.getByRole('dialog').getByRole('button', { name: 'Make API key' }));
  await page.getByRole('alert').waitFor();
};

function menu(row: string, item: string): Step {
  return async (page) => {
    await click(`Actions for ${row}`)(page);
    await tap(page.getByRole('menuitem', { name: item }));
  };
}

const choosesViewer: Step = async (page) => {
  await click('Jonas Weber')(page);
  await choose('Viewer')(page);
};

const organizations: Step = async (page) => {
  await tap(page.getByRole('button', { name: /^Organization: / }));
  await page.getByRole('option').first().waitFor();
};

const saved: Step = async (page) => {
  await made(page);
  await click('Save as a context of its own…')(page);
};

/** Members, invitations, API keys, projects, the organization itself, and accounts that wait. */
export const teamScreens: readonly Screen[] = [
  { name: 'org-switcher', scene: 'teamTwoContexts', go: organizations },
  { name: 'org-switcher-long', scene: 'longTeam', go: organizations },
  {
    name: 'org-switcher-key',
    scene: 'teamApiKey',
    go: (page) => tap(page.getByRole('button', { name: /^Organization: / })),
  },
  { name: 'join', scene: 'invited' },
  { name: 'join-seen', scene: 'invited', go: click('Look at the invitation') },
  { name: 'join-other', scene: 'invitedOther', go: click('Look at the invitation') },
  { name: 'join-ended', scene: 'invitedTooLate', go: click('Look at the invitation') },
  {
    name: 'join-joined',
    scene: 'invited',
    go: async (page) => {
      await click('Look at the invitation')(page);
      await click('Join fabrikam')(page);
    },
  },
  { name: 'members', scene: 'active', go: visit('Members') },
  { name: 'members-long', scene: 'longTeam', go: visit('Members') },
  { name: 'members-alone', scene: 'teamEmpty', go: visit('Members') },
  { name: 'members-viewer', scene: 'teamViewer', go: visit('Members') },
  { name: 'members-personal', scene: 'teamPersonal', go: visit('Members') },
  { name: 'members-no-organization', scene: 'teamNone', go: visit('Members') },
  { name: 'members-new-organization', scene: 'teamNone', go: visit('Members', click('New organization…')) },
  { name: 'members-narrow-key', scene: 'teamNarrowKey', go: visit('Members') },
  { name: 'members-offline', scene: 'teamOffline', go: visit('Members') },
  { name: 'members-failed', scene: 'teamFails', go: visit('Members') },
  { name: 'members-loading', scene: 'teamLoading', go: visit('Members') },
  { name: 'members-sheet', scene: 'active', go: visit('Members', choosesViewer) },
  { name: 'members-sheet-self', scene: 'active', go: visit('Members', click('Maya Chen')) },
  { name: 'members-sheet-viewer', scene: 'teamViewer', go: visit('Members', click('Jonas Weber')) },
  {
    name: 'members-role-refused',
    scene: 'teamDeedsFail',
    go: visit('Members', choosesViewer, click('Change role')),
  },
  {
    name: 'members-remove',
    scene: 'active',
    go: visit('Members', click('Jonas Weber'), click('Remove from acme…')),
  },
  { name: 'invite', scene: 'active', go: visit('Members', click('Invite people'), paste) },
  {
    name: 'invite-wrong',
    scene: 'active',
    go: visit('Members', click('Invite people'), async (page) => {
      await page.getByLabel('Email addresses').fill('lena@acme.example, jonas at acme');
      await click('Invite')(page);
    }),
  },
  { name: 'invite-done', scene: 'active', go: visit('Members', click('Invite people'), invite) },
  { name: 'invite-unsent', scene: 'teamMailFails', go: visit('Members', click('Invite people'), invite) },
  { name: 'invite-links', scene: 'teamNoMail', go: visit('Members', click('Invite people'), invite) },
  {
    name: 'invitation-link',
    scene: 'teamNoMail',
    go: visit('Members', menu('lena@acme.example', 'Send again'), (page) =>
      page.getByRole('dialog').waitFor(),
    ),
  },
  { name: 'invite-failed', scene: 'teamDeedsFail', go: visit('Members', click('Invite people'), invite) },
  { name: 'invitation-revoke', scene: 'active', go: visit('Members', menu('lena@acme.example', 'Revoke…')) },
  { name: 'api-keys', scene: 'active', go: visit('API keys') },
  { name: 'api-keys-long', scene: 'longTeam', go: visit('API keys') },
  { name: 'api-keys-none', scene: 'teamEmpty', go: visit('API keys') },
  { name: 'api-keys-viewer', scene: 'teamViewer', go: visit('API keys') },
  { name: 'api-keys-failed', scene: 'teamFails', go: visit('API keys') },
  { name: 'api-keys-loading', scene: 'teamLoading', go: visit('API keys') },
  {
    name: 'api-keys-unused',
    scene: 'active',
    go: visit('API keys', (page) => tap(page.getByText('Never used', { exact: true }))),
  },
  { name: 'api-keys-rename', scene: 'active', go: visit('API keys', menu('Assistant', 'Rename')) },
  { name: 'api-keys-sheet', scene: 'active', go: visit('API keys', click('Deploy from GitLab')) },
  {
    name: 'api-keys-revoke',
    scene: 'active',
    go: visit('API keys', menu('Deploy from GitLab', 'Revoke…')),
  },
  { name: 'api-keys-make', scene: 'active', go: visit('API keys', makeKey) },
  { name: 'api-keys-make-projects', scene: 'active', go: visit('API keys', pickProjects) },
  { name: 'api-keys-make-branches', scene: 'active', go: visit('API keys', pickBranches) },
  {
    name: 'api-keys-make-long',
    scene: 'longTeam',
    go: visit('API keys', makeKey, choose('Projects'), tick('dienst-1'), tick('dienst-2')),
  },
  { name: 'api-keys-make-failed', scene: 'teamDeedsFail', go: visit('API keys', failToMake) },
  {
    name: 'api-keys-make-failed-small',
    scene: 'teamDeedsFail',
    window: { path: '/', width: 800, height: 560 },
    go: visit('API keys', failToMake),
  },
  { name: 'api-keys-made', scene: 'active', go: visit('API keys', made) },
  { name: 'api-keys-made-shown', scene: 'active', go: visit('API keys', reveal) },
  { name: 'api-keys-save', scene: 'active', go: visit('API keys', saved) },
  { name: 'projects', scene: 'active', go: visit('Projects') },
  { name: 'projects-long', scene: 'longTeam', go: visit('Projects') },
  { name: 'projects-none', scene: 'teamEmpty', go: visit('Projects') },
  { name: 'projects-viewer', scene: 'teamViewer', go: visit('Projects') },
  { name: 'projects-new', scene: 'active', go: visit('Projects', click('New project')) },
  {
    name: 'projects-new-taken',
    scene: 'active',
    go: visit('Projects', click('New project'), (page) => fill(page, 'Name', 'shop'), click('Make project')),
  },
  { name: 'projects-sheet', scene: 'active', go: visit('Projects', click('shop')) },
  { name: 'projects-sheet-viewer', scene: 'teamViewer', go: visit('Projects', click('shop')) },
  { name: 'projects-sheet-long', scene: 'longTeam', go: visit('Projects', click(/^verkehrs/)) },
  {
    name: 'projects-rename',
    scene: 'active',
    go: visit('Projects', click('shop'), click('Rename project…')),
  },
  { name: 'projects-branch-new', scene: 'active', go: visit('Projects', click('shop'), click('New branch')) },
  {
    name: 'projects-branch-delete',
    scene: 'active',
    go: visit('Projects', click('shop'), menu('feature/checkout', 'Delete…')),
  },
  {
    name: 'projects-delete',
    scene: 'active',
    go: visit('Projects', click('shop'), click('Delete project…')),
  },
  {
    name: 'projects-delete-long',
    scene: 'longTeam',
    go: visit('Projects', click(/^verkehrs/), click('Delete project…')),
  },
  {
    name: 'projects-delete-failed',
    scene: 'teamDeedsFail',
    go: visit('Projects', click('shop'), click('Delete project…')),
  },
  { name: 'organization', scene: 'active', go: visit('Organization') },
  { name: 'organization-long', scene: 'longTeam', go: visit('Organization') },
  { name: 'organization-viewer', scene: 'teamViewer', go: visit('Organization') },
  { name: 'organization-personal', scene: 'teamPersonal', go: visit('Organization') },
  { name: 'organization-delete', scene: 'active', go: visit('Organization', click('Delete acme…')) },
  {
    name: 'organization-transfer',
    scene: 'active',
    go: visit(
      'Organization',
      async (page) => {
        await page.getByLabel('New owner').selectOption({ label: 'Jonas Weber (jonas)' });
      },
      click('Hand over…'),
    ),
  },
  { name: 'waiting-accounts', scene: 'operator', go: visit('Accounts') },
  { name: 'waiting-accounts-none', scene: 'noPending', go: visit('Accounts') },
  { name: 'waiting-accounts-long', scene: 'longTeam', go: visit('Accounts') },
  { name: 'waiting-accounts-sheet', scene: 'operator', go: visit('Accounts', click('Tomas Lindgren')) },
  {
    name: 'waiting-accounts-deny',
    scene: 'operator',
    go: visit('Accounts', menu('Tomas Lindgren', 'Deny…')),
  },
  {
    name: 'waiting-accounts-approve',
    scene: 'operator',
    go: visit('Accounts', menu('Aiko Tanaka', 'Approve…')),
  },
];
