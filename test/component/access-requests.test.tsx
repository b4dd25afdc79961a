import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { productionId, timeFromNow } from '../support/samples.ts';
import { teamId } from '../support/samples-team.ts';
import { sampleAsked, sampleOwnAsked } from '../support/world-requests.ts';
import { button, contexts, jonas, sofia } from './open-matrix.tsx';
import { fill, openPage } from './open-window.tsx';

const day = 86_400;
const byJonas = {
  ...{ reference: jonas, name: 'jonas', email: 'jonas@acme.example', active: true },
};
const byOmar = {
  ...{ reference: `user:${teamId('u', 5)}`, name: 'omar', email: 'omar@acme.example', active: false },
};
const asked = [
  sampleAsked(3),
  sampleAsked(2, { by: byJonas, until: null, reason: 'Fixing the shop' }),
  sampleAsked(1, { by: byOmar }),
];
const openRequests = (facts: Parameters<typeof openPage>[1] = {}) =>
  openPage('Requests', { contexts, accessAsked: asked, ...facts });
const sheet = async (name: string) =>
  within(await screen.findByRole('dialog', { name: `${name} asks for access` }));
const closed = () =>
  waitFor(() => {
    expect(screen.queryByRole('dialog')).toBeNull();
  });
const focused = () => document.activeElement?.textContent;

describe('requests that wait', () => {
  it('are counted in the sidebar, as long as that is known', async () => {
    const { world, user } = await openRequests();
    await screen.findByRole('link', { name: /^Requests\s*, 3 wait for you$/ });
    world.failures = { 'accessRequests.counts': { code: 'server_unreachable' } };
    await user.click(screen.getByRole('link', { name: 'Settings' }));
    await screen.findByRole('heading', { level: 1, name: 'Settings' });
    await user.click(screen.getByRole('link', { name: /^Requests/ }));
    await waitFor(() => {
      screen.getByRole('link', { name: 'Requests' });
    });
  });

  it('are not said to be none while that is not known', async () => {
    const { world, user } = await openRequests({ accessAsked: [] });
    await screen.findByText('Nobody asks for anything.');
    world.failures = { 'accessRequests.counts': { code: 'server_unreachable' } };
    await user.click(screen.getByRole('link', { name: 'Settings' }));
    await user.click(await screen.findByRole('link', { name: /^Requests/ }));
    await screen.findByText('The service cannot be reached');
    expect(screen.queryByText('Nobody asks for anything.')).toBeNull();
  });

  it('say who asks for what, and what it does; approved with an end, by keyboard, the next is focused', async () => {
    const { user, requests } = await openRequests();
    const rows = within(await screen.findByRole('table', { name: 'Waiting for you' })).getAllByRole('row');
    expect(rows.slice(1).map((row) => row.textContent)).toEqual([
      expect.stringMatching(/^sofia/),
      expect.stringMatching(/^jonas.*Fixing the shop/),
      expect.stringMatching(/^omar/),
    ]);
    screen.getByRole('button', { name: 'sofia' }).focus();
    await user.keyboard('{Enter}');
    const form = await sheet('sofia');
    await form.findByText(/^sofia gains pull and push on acme\/web, directly$/);
    await user.selectOptions(form.getByRole('combobox', { name: 'Access' }), 'Pull');
    await user.selectOptions(form.getByRole('combobox', { name: 'It ends' }), 'After 7 days');
    await form.findByText(/^sofia gains pull on acme\/web/);
    expect(requests('accessRequests.approve')).toEqual([]);
    form.getByRole('button', { name: 'Approve' }).focus();
    await user.keyboard('{Enter}');
    await closed();
    const [approved] = requests('accessRequests.approve') as { until: string }[];
    expect(approved).toMatchObject({ contextId: productionId, actions: ['read'], replaces: null });
    expect(Math.round((Date.parse(approved?.until ?? '') - Date.now()) / 1000 / day)).toBe(7);
    await waitFor(() => {
      expect(focused()).toBe('jonas');
    });
    await screen.findByRole('link', { name: /, 2 wait for you$/ });
  });

  it('take the place of what somebody has, and say what of it would end', async () => {
    const { user } = await openRequests();
    await user.click(await screen.findByRole('button', { name: 'jonas' }));
    const form = await sheet('jonas');
    form.getByText(/^jonas has pull until .* already\. Their grant becomes push\.$/);
    await user.selectOptions(form.getByRole('combobox', { name: 'It ends' }), 'After 7 days');
    form.getByText(/What they have already ends with it, earlier than now\.$/);
  });

  it('are not approved where somebody changed the access meanwhile: what there is now is shown', async () => {
    const { user, world, requests } = await openRequests();
    await user.click(await screen.findByRole('button', { name: 'sofia' }));
    const form = await sheet('sofia');
    await form.findByText(/^sofia gains/);
    world.accessGrants = [
      ...world.accessGrants,
      { principal: sofia, repository: 'acme/web', actions: ['read', 'delete'], expiresAt: null },
    ];
    await user.click(form.getByRole('button', { name: 'Approve' }));
    await form.findByText('Somebody changed this access meanwhile');
    await form.findByText(/^sofia has pull and delete, without push without an end already/);
    await user.click(form.getByRole('button', { name: 'Approve' }));
    await closed();
    expect(requests('accessRequests.approve')).toMatchObject([
      { replaces: null },
      { replaces: { actions: ['read', 'delete'], until: null } },
    ]);
  });

  it('are declined with words, and by no button alone', async () => {
    const { user, requests } = await openRequests();
    await user.click(await screen.findByRole('button', { name: 'omar' }));
    const form = await sheet('omar');
    form.getByText('This account is closed, or waits to be opened');
    expect(form.queryByRole('button', { name: 'Approve' })).toBeNull();
    await user.click(form.getByRole('button', { name: 'Decline…' }));
    await user.click(form.getByRole('button', { name: 'Decline' }));
    form.getByText('Say in a few words why, or what to do instead.');
    expect(requests('accessRequests.decline')).toEqual([]);
    await fill(user, form.getByRole('textbox', { name: 'Why' }), 'Ask again when you are back');
    await user.keyboard('{Enter}');
    await closed();
    expect(requests('accessRequests.decline')).toMatchObject([{ reason: 'Ask again when you are back' }]);
    await waitFor(() => {
      expect(focused()).toBe('jonas');
    });
  });

  it('and were decided by somebody else meanwhile say so', async () => {
    const { user, world } = await openRequests();
    await user.click(await screen.findByRole('button', { name: 'sofia' }));
    const form = await sheet('sofia');
    await form.findByText(/^sofia gains/);
    world.accessAsked = world.accessAsked.slice(1);
    await user.click(form.getByRole('button', { name: 'Approve' }));
    await form.findByText('It is not open any more');
  });

  it('whose end has passed begin with another', async () => {
    const { user } = await openRequests({ accessAsked: [sampleAsked(1, { until: timeFromNow(-day) })] });
    await user.click(await screen.findByRole('button', { name: 'sofia' }));
    const form = await sheet('sofia');
    form.getByText(/, which has passed$/);
    expect(form.getByRole<HTMLSelectElement>('combobox', { name: 'It ends' }).value).toBe('7');
  });

  it('are by organization, and none are asked of who administers nothing', async () => {
    const accessOrganizations = [
      { slug: 'acme', name: 'Acme Industries' },
      { slug: 'northwind', name: 'Northwind' },
    ];
    const { requests } = await openRequests({
      accessOrganizations,
      accessAsked: [...asked, sampleAsked(9, { organization: 'northwind', repository: 'northwind/x' })],
    });
    await screen.findByRole('table', { name: 'Waiting for you in Acme Industries' });
    await screen.findByRole('table', { name: 'Waiting for you in Northwind' });
    expect(requests('accessRequests.waiting')).toHaveLength(2);
  });
});

describe('own requests', () => {
  it('say how they stand, who decided and in what words; open ones are withdrawn', async () => {
    const { user, requests } = await openRequests({
      accessOrganizations: [],
      accessAsked: [],
      accessOwnAsked: [
        sampleOwnAsked(1),
        sampleOwnAsked(2, {
          ...{ repository: 'acme/api', state: 'declined' },
          decided: { by: 'maya', at: timeFromNow(-3600), words: 'Use the mirror' },
        }),
      ],
    });
    const table = within(await screen.findByRole('table', { name: 'Your requests' }));
    expect(table.getByRole('row', { name: /acme\/api/ }).textContent).toMatch(
      /Declinedby maya 1 hour agoUse the mirror$/,
    );
    expect(screen.queryByText(/Waiting for you/)).toBeNull();
    expect(table.queryByRole('button', { name: 'Actions for acme/api' })).toBeNull();
    await user.click(table.getByRole('button', { name: 'Actions for acme/web' }));
    await user.click(await screen.findByRole('menuitem', { name: 'Withdraw…' }));
    await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Withdraw' }));
    await screen.findByText('Your request is withdrawn');
    expect(requests('accessRequests.withdraw')).toHaveLength(1);
  });

  it('are made: push includes pull, any name may be typed, and nothing is sent without a reason', async () => {
    const { user, requests } = await openRequests({ accessAsked: [] });
    await user.click(button('Ask for access'));
    const dialog = within(await screen.findByRole('dialog', { name: 'Ask for access' }));
    const send = () => user.click(dialog.getByRole('button', { name: 'Ask for access' }));
    await fill(user, dialog.getByRole('combobox', { name: 'Repository' }), 'acme');
    await send();
    dialog.getByText(/^Type the whole name/);
    await fill(user, dialog.getByRole('combobox', { name: 'Repository' }), 'acme/hidden');
    await user.selectOptions(dialog.getByLabelText('What you need'), 'Push: pull and push');
    await user.selectOptions(dialog.getByLabelText('It ends'), 'After 7 days');
    await send();
    dialog.getByText('Say in a few words what it is for.');
    expect(requests('accessRequests.ask')).toEqual([]);
    await fill(user, dialog.getByLabelText('Why'), 'The release');
    await user.keyboard('{Enter}');
    await screen.findByText('You asked for access to acme/hidden');
    expect(requests('accessRequests.ask')).toMatchObject([
      { repository: 'acme/hidden', actions: ['read', 'write'], reason: 'The release' },
    ]);
    await screen.findByRole('row', { name: /acme\/hidden/ });
  });

  it('can be made where nothing is administered', async () => {
    const { user } = await openPage('Permissions', { contexts, accessOrganizations: [] });
    await user.click(button('Ask for access'));
    await screen.findByRole('dialog', { name: 'Ask for access' });
  });
});
