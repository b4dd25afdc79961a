import { render, screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ExplanationSummary } from '../../contracts/ipc/access.ts';
import { WhyList } from '../../renderer/features/access/why/why.tsx';
import { relativeTime } from '../../renderer/lib/format.ts';
import { productionId, sampleContext, timeFromNow } from '../support/samples.ts';
import { samplePermissionsContext } from '../support/samples-users.ts';
import { teamId } from '../support/samples-team.ts';
import { samplePrincipal } from '../support/world-access.ts';
import { openPage } from './open-window.tsx';

const { capabilities } = samplePermissionsContext();
const contexts = [samplePermissionsContext({ capabilities: [...capabilities, 'access'] })];
const teams = [
  sampleContext({
    capabilities: ['repositories', 'bots', 'access', 'organizations', 'members'],
  }),
];
const jonas = `user:${teamId('u', 2)}`;

async function openRepository(facts: Parameters<typeof openPage>[1] = {}) {
  const opened = await openPage('Repositories', { contexts, ...facts });
  await opened.user.click(await screen.findByRole('button', { name: 'acme/web' }));
  await opened.user.click(await screen.findByRole('tab', { name: 'Access' }));
  return opened;
}
const part = (name: string) => screen.findByRole('region', { name });
const texts = (rows: HTMLElement[]) => rows.slice(1).map((row) => row.textContent);

describe('who can access a repository', () => {
  it('is listed with what they may, how it comes about and when it ends', async () => {
    await openRepository();
    const rows = await within(await part('Who can access it')).findAllByRole('row');
    expect(texts(rows)).toEqual([
      `jonasjonas@acme.examplePulldirectly${relativeTime(timeFromNow(20 * 86_400), Date.now())}`,
      'mayamaya@acme.exampleAdminby roleNever',
      'acme/releasePull and pushdirectlyNever',
    ]);
  });

  it('says why, and leads on to what else somebody can do', async () => {
    const { user, requests } = await openRepository();
    const list = await part('Who can access it');
    await user.click(await within(list).findByRole('button', { name: 'maya' }));
    const why = await part('Why maya can access it');
    await within(why).findByText('Everything, as owner of acme');
    expect(requests('access.explain')).toEqual([
      { contextId: productionId, principal: `user:${teamId('u', 1)}`, repository: 'acme/web' },
    ]);
    await user.click(within(why).getByRole('button', { name: 'maya' }));
    const sheet = await screen.findByRole('dialog', { name: 'What maya can do' });
    await within(sheet).findByRole('row', { name: /acme\/api/ });
    expect(requests('access.whatCan')).toEqual([
      { contextId: productionId, organization: 'acme', principal: `user:${teamId('u', 1)}` },
    ]);
    await user.keyboard('{Escape}');
    await user.click(within(why).getByRole('button', { name: 'Back to all' }));
    await part('Who can access it');
  });

  it('is found by typing', async () => {
    const people = Array.from({ length: 9 }, (_, index) =>
      samplePrincipal({
        reference: `user:${teamId('u', 20 + index)}`,
        name: `p${String(index)}`,
        role: 'admin',
      }),
    );
    const { user } = await openRepository({ accessPrincipals: people });
    await user.type(await screen.findByRole('textbox', { name: /Filter by name, email, access/ }), 'p7');
    await waitFor(async () => {
      expect(await within(await part('Who can access it')).findAllByRole('row')).toHaveLength(2);
    });
  });

  it('is said to go on where it does, and tells why it could not be read', async () => {
    await openRepository({ accessWhole: false });
    await screen.findByText(/There are more: the first/);
  });

  it('is asked for again after a failure', async () => {
    const { user, world } = await openRepository({
      failures: { 'access.whoCan': { code: 'server_unreachable' } },
    });
    const list = await part('Who can access it');
    await within(list).findByRole('alert');
    world.failures = {};
    await user.click(within(list).getByRole('button', { name: 'Try again' }));
    await within(list).findByRole('row', { name: /maya/ });
  });

  it('is read again after a permission was taken back', async () => {
    const { user, requests } = await openRepository();
    await within(await part('Who can access it')).findByRole('row', { name: /maya/ });
    const before = requests('access.whoCan').length;
    const given = await screen.findByRole('table', { name: 'Permissions' });
    await user.click(within(given).getByRole('button', { name: 'Actions for jonas' }));
    await user.click(await screen.findByRole('menuitem', { name: 'Revoke' }));
    await waitFor(() => {
      expect(requests('access.whoCan').length).toBeGreaterThan(before);
    });
  });

  it.each([
    ['whose service does not tell it', { contexts: [samplePermissionsContext()] }],
    ['whose access they may not change', { accessOrganizations: [] }],
  ])('is not there for a repository %s', async (_what, facts) => {
    const { requests } = await openRepository(facts);
    await screen.findByRole('row', { name: /platform/ });
    expect(screen.queryByRole('region', { name: 'Who can access it' })).toBeNull();
    expect(requests('access.whoCan')).toEqual([]);
  });
});

describe('what somebody can do', () => {
  it('stands in the sheet of a member', async () => {
    const { user, requests } = await openPage('Members', { contexts: teams });
    await user.click(await screen.findByRole('button', { name: 'Jonas Weber' }));
    const list = await part('Access in acme');
    await within(list).findByRole('row', { name: /acme\/web/ });
    expect(texts(within(list).getAllByRole('row')).map((text) => text.slice(0, 20))).toEqual([
      'acme/apiPull and pus',
      'acme/basePullas ever',
      'acme/webPulldirectly',
    ]);
    expect(requests('access.whatCan')).toEqual([
      { contextId: productionId, organization: 'acme', principal: jonas },
    ]);
    await user.click(within(list).getByRole('button', { name: 'acme/api' }));
    await screen.findByText(/^Pull and push, through the group/);
  });

  it.each([
    ['Users', 'Jonas Weber', 3],
    ['Groups', 'platform', 2],
    ['Bots', 'release', 2],
  ])('stands in the sheet of what is listed under %s', async (page, name, count) => {
    const { user } = await openPage(page, { contexts });
    await user.click(await screen.findByRole('button', { name }));
    expect(await within(await part('Access in acme')).findAllByRole('row', { name: /acme\// })).toHaveLength(
      count,
    );
  });

  it('is reached from a member of a group, one organization at a time', async () => {
    const { user, requests } = await openPage('Groups', {
      contexts,
      accessOrganizations: [
        { slug: 'acme', name: 'Acme Industries' },
        { slug: 'northwind', name: 'Northwind' },
      ],
    });
    await user.click(await screen.findByRole('button', { name: 'developers' }));
    const members = await screen.findByRole('table', { name: 'Members of developers' });
    const [first] = await within(members).findAllByRole('button', { name: /^Actions for/ });
    await user.click(first ?? members);
    await user.click(await screen.findByRole('menuitem', { name: 'What they can do' }));
    const sheet = await screen.findByRole('dialog', { name: /^What .* can do$/ });
    await user.selectOptions(await within(sheet).findByLabelText('Access in'), 'Northwind');
    await waitFor(() => {
      expect(requests('access.whatCan')).toContainEqual(
        expect.objectContaining({ organization: 'northwind' }),
      );
    });
  });
});

describe('why', () => {
  const now = Date.parse('2026-05-20T12:00:00.000Z');
  const grant = {
    ...{ kind: 'grant' as const, givenBy: 'Mara', givenAt: '2026-05-03T10:00:00.000Z' },
    ...{ group: 'developers', actions: ['read' as const, 'write' as const] },
    until: '2026-06-01T10:00:00.000Z',
  };
  let because: ExplanationSummary['because'];
  beforeEach(() => {
    because = [];
  });
  const shown = (): (string | null)[] => {
    const explanation = { principal: samplePrincipal(), repository: 'acme/web', actions: [], because };
    render(<WhyList explanation={explanation} now={now} />);
    return within(screen.getByRole('list', { name: 'Why' }))
      .getAllByRole('paragraph')
      .map(({ textContent }) => textContent);
  };

  it('is one line for each fact that decides, what the same facts decide about together', () => {
    const of = (action: 'read' | 'write', by: (typeof because)[number]['by']) => ({
      ...{ action, allowed: true, by, until: null },
    });
    because = [
      of('read', [grant, { kind: 'public' }]),
      of('write', [{ ...grant, until: null }]),
      { action: 'delete', allowed: false, by: [], until: null },
      { action: 'admin', allowed: false, by: [], until: null },
    ];
    expect(shown()).toEqual([
      'Pull, through the group developers: granted by Mara on 3 May, until 1 June',
      'Pull, because everybody may pull from it',
      'Push, through the group developers: granted by Mara on 3 May',
      'Delete and admin: not allowed, as nothing gives it',
    ]);
  });

  it('names each action that nothing gives', () => {
    const none = (action: 'read' | 'write' | 'delete' | 'admin') => ({
      ...{ action, allowed: action === 'read', by: [], until: null },
    });
    because = [none('write'), none('delete'), none('admin'), none('read')];
    expect(shown()).toContain('Push, delete and admin: not allowed, as nothing gives it');
  });

  it.each([
    [{ kind: 'inactive' }, 'Push: not allowed, because the account is closed, or waits to be opened'],
    [{ kind: 'viewer' }, 'Push: not allowed, because viewers of the service do no more than pull'],
    [
      { ...grant, kind: 'deny', group: null },
      'Push: not allowed, directly: denied by Mara on 3 May, until 1 June',
    ],
    [{ kind: 'other' }, 'Push: not allowed, for a reason that this version of Keyhold does not know'],
  ] as const)('tells what keeps something back: %j', (reason, words) => {
    because = [
      { action: 'read', allowed: true, by: [{ kind: 'administrator' }], until: null },
      {
        action: 'write',
        allowed: false,
        by: [{ ...reason, ...('actions' in reason && { actions: [] }) }],
        until: null,
      },
    ];
    expect(shown()).toEqual(['Pull, as an administrator of the service', words]);
  });

  it('keeps names from right to left from turning the line around, and tells what ends by itself', () => {
    const by = [{ ...grant, group: 'مطورون', givenBy: 'עדי' }];
    because = [{ action: 'write', allowed: true, by, until: '2026-06-01T10:00:00.000Z' }];
    expect(shown()).toHaveLength(2);
    expect(screen.getByText('مطورون').tagName).toBe('BDI');
    expect(screen.getByText('עדי').tagName).toBe('BDI');
    screen.getByText('This changes by itself on 1 June');
  });
});
