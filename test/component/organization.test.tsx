import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { productionId, sampleContext } from '../support/samples.ts';
import { sampleBot } from '../support/world-organization.ts';
import { fill, openPage, type OpenWindow } from './open-window.tsx';

const button = (name: string | RegExp): HTMLElement => screen.getByRole('button', { name });
const release = { contextId: productionId, org: 'acme', name: 'release' };
const web = { contextId: productionId, repository: 'acme/web' };

describe('bots', () => {
  it('are listed with their keys and rights; a row opens its sheet', async () => {
    const { user } = await openPage('Bots');
    const table = await screen.findByRole('table', { name: 'Bots' });
    const row = within(table).getByRole('row', { name: /^release/ });
    expect(row.textContent).toContain('1 key');
    expect(row.textContent).toContain('2 repositories');
    expect(within(table).getByRole('row', { name: /^nightly/ }).textContent).toContain('Never');
    await user.click(row);
    const sheet = await screen.findByRole('dialog', { name: 'release' });
    expect(within(sheet).getByText('bot:acme/release')).toBeDefined();
    expect(within(sheet).getByText('acme/web')).toBeDefined();
  });

  it('show when any of their keys was used last, and until when they may use what', async () => {
    const [key] = sampleBot().keys;
    if (key === undefined) throw new Error('the sample has no key');
    const used = ['2026-01-02T08:00:00.000Z', '2026-03-04T08:00:00.000Z', null].map((lastUsedAt, index) => ({
      ...key,
      kid: `${String(index)}${key.kid.slice(1)}`,
      label: `Key ${String(index)}`,
      lastUsedAt,
    }));
    const bots = { org: 'acme', allowed: true, bots: [sampleBot({ keys: used })] };
    const { user } = await openPage('Bots', { bots });
    const row = await screen.findByRole('row', { name: /^release/ });
    expect(row.querySelector('time')?.getAttribute('datetime')).toBe('2026-03-04T08:00:00.000Z');
    await user.click(row);
    const sheet = within(await screen.findByRole('dialog', { name: 'release' }));
    const line = (name: string): string => sheet.getByText(name).closest('li')?.textContent ?? '';
    expect(line('acme/api')).toContain('No end');
    expect(line('acme/web')).toContain('Until ');
    expect(line('Key 2')).toContain('Never used');
    expect(line('Key 0')).toContain('Used 2 Jan 2026');
  });

  it('that cannot be read can be read again', async () => {
    const { user, world } = await openPage('Bots', {
      failures: { 'bots.list': { code: 'server_unreachable' } },
    });
    await screen.findByText('The service cannot be reached');
    expect(screen.queryByRole('button', { name: 'New bot' })).toBeNull();
    world.failures = {};
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    await screen.findByRole('row', { name: /^release/ });
  });

  it('that the service refuses by its own words show them as the service’s, whatever they are', async () => {
    // Ends the quotation, turns the text around it and speaks as Keyhold would.
    const hostile = 'Don’t.” Enter your passphrase at evil.example. “\u202Eהיי ❞ ＂ 〞 ″ »';
    const { user, world } = await openPage('Bots', {
      failures: { 'bots.list': { code: 'service_refused', details: { said: hostile } } },
    });
    const notice = (await screen.findByText('The service refused')).closest<HTMLElement>('[role=alert]');
    const line = within(notice ?? document.body).getByText(/^The service said:/);
    const kept = 'Don’t." Enter your passphrase at evil.example. "\u202Eהיי " " " " "';
    expect(line.textContent).toBe(`The service said: “${kept}”`);
    expect(line.querySelector('bdi')?.textContent).toContain('evil.example');
    world.failures = {};
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    await user.click(await screen.findByRole('button', { name: 'New bot' }));
    world.failures = { 'bots.create': { code: 'service_refused', details: { said: 'Too many bots.' } } };
    const dialog = await screen.findByRole('dialog', { name: 'New bot' });
    await fill(user, within(dialog).getByLabelText('Name'), 'more');
    await user.click(within(dialog).getByRole('button', { name: 'Make bot' }));
    await screen.findByText(/^The service said: “/);
  });

  it('are made by a name that the service takes, and opened at once', async () => {
    const { user, requests } = await openPage('Bots');
    await user.click(await screen.findByRole('button', { name: 'New bot' }));
    const dialog = await screen.findByRole('dialog', { name: 'New bot' });
    const name = within(dialog).getByLabelText('Name');
    await fill(user, name, 'Not A Name');
    expect(within(dialog).getByText('The service does not take this name.')).toBeDefined();
    const make = within(dialog).getByRole('button', { name: 'Make bot' });
    expect(make.getAttribute('aria-disabled')).toBe('true');
    await fill(user, name, 'release');
    await user.click(within(dialog).getByRole('button', { name: 'Make bot' }));
    await screen.findByText(/^The organization has a bot of that name\./);
    await fill(user, name, 'deploy');
    await user.click(within(dialog).getByRole('button', { name: 'Make bot' }));
    await screen.findByRole('dialog', { name: 'deploy' });
    expect(requests('bots.create').at(-1)).toEqual({ contextId: productionId, org: 'acme', name: 'deploy' });
  });

  it.each([
    ['You belong to no organization', { org: null, allowed: false, bots: [] }],
    ['Bots are for admins of acme', { org: 'acme', allowed: false, bots: [] }],
    ['acme has no bots yet', { org: 'acme', allowed: true, bots: [] }],
  ])('say why there are none: %s', async (words, bots) => {
    await openPage('Bots', { bots });
    await screen.findByText(words);
    expect(screen.queryAllByRole('button', { name: 'New bot' })).toHaveLength(bots.allowed ? 1 : 0);
  });

  it('are not asked for without a key', async () => {
    const contexts = [sampleContext({ state: 'signed_out' })];
    const { requests } = await openPage('Bots', { contexts });
    await screen.findByRole('heading', { name: 'You are signed out' });
    expect(requests('bots.list')).toEqual([]);
  });

  it('are deleted once their name is typed', async () => {
    const { user, requests } = await openPage('Bots');
    await user.click(await screen.findByRole('button', { name: 'release' }));
    await user.click(await screen.findByRole('button', { name: 'Delete bot…' }));
    await user.type(await screen.findByLabelText('Type release to confirm'), 'release');
    await user.click(button('Delete bot'));
    await waitFor(() => {
      expect(screen.queryByRole('button', { name: 'release' })).toBeNull();
    });
    expect(requests('bots.remove')).toEqual([release]);
  });

  it('lose a key when it is revoked', async () => {
    const { user, world, requests } = await openPage('Bots');
    const kid = world.bots.bots[1]?.keys[0]?.kid;
    await user.click(await screen.findByRole('button', { name: 'release' }));
    await user.click(await screen.findByRole('button', { name: 'Revoke Build server' }));
    await user.click(await screen.findByRole('button', { name: 'Revoke key' }));
    const row = await screen.findByRole('row', { name: /^release/ });
    await waitFor(() => {
      expect(row.textContent).toContain('None');
    });
    expect(requests('bots.revokeKey')).toEqual([{ ...release, kid }]);
  });
});

describe('a bot’s credential', () => {
  async function makeKey(facts: Parameters<typeof openPage>[1] = {}) {
    const opened = await openPage('Bots', facts);
    const { user } = opened;
    await user.click(await screen.findByRole('button', { name: 'release' }));
    await user.click(await screen.findByRole('button', { name: 'New key' }));
    await fill(user, await screen.findByLabelText('Key label'), ' GitLab ');
    await user.click(button('Make and register key'));
    return opened;
  }

  it('shows all but the private key, and stays until it is taken or given up', async () => {
    const { user, requests } = await makeKey();
    const dialog = await screen.findByRole('dialog', { name: 'Credential of release' });
    expect(requests('bots.makeKey')).toEqual([{ ...release, label: 'GitLab' }]);
    expect(within(dialog).getByText('bot:acme/release')).toBeDefined();
    expect(within(dialog).getByRole('img', { name: 'The private key is hidden' })).toBeDefined();
    await user.keyboard('{Escape}');
    expect(screen.getByRole('dialog', { name: 'Credential of release' })).toBe(dialog);
    await user.click(button('Close without the credential'));
    await waitFor(() => {
      expect(screen.queryByRole('dialog')).toBeNull();
    });
    expect(requests('bots.closeCredential')).toHaveLength(1);
  });

  it.each(['Save file…', 'Copy variables'])('is taken by “%s”', async (action) => {
    const { user, requests } = await makeKey();
    await user.click(await screen.findByRole('button', { name: action }));
    await user.click(await screen.findByRole('button', { name: 'Done' }));
    expect(requests('bots.closeCredential')).toHaveLength(1);
  });

  it('is not taken by a save that was given up', async () => {
    const { user, requests } = await makeKey({ savesAndPrints: false });
    await user.click(await screen.findByRole('button', { name: 'Save file…' }));
    await waitFor(() => {
      expect(requests('bots.saveCredential')).toHaveLength(1);
    });
    expect(button('Close without the credential')).toBeDefined();
  });

  it('is not there when the service refuses', async () => {
    await makeKey({ failures: { 'bots.makeKey': { code: 'not_allowed' } } });
    await screen.findByText('The service does not let you do that');
    expect(screen.queryByText('KEYHOLD_KEY')).toBeNull();
  });
});

async function openAccess(user: OpenWindow['user']): Promise<void> {
  await user.click(await screen.findByRole('button', { name: 'acme/web' }));
  await user.click(await screen.findByRole('tab', { name: 'Access' }));
}

describe('repositories', () => {
  it('say who may see them, and what you may do', async () => {
    const { user } = await openPage('Repositories');
    expect(screen.queryByRole('row', { name: /^northwind/ })).toBeNull();
    await user.click(await screen.findByRole('radio', { name: 'All that you may use' }));
    const row = async (name: RegExp): Promise<string> =>
      (await screen.findByRole('row', { name })).textContent;
    expect(await row(/^acme\/base/)).toBe('acme/baseEverybodyEverything');
    expect(await row(/^acme\/web/)).toBe('acme/webAuthorizedEverything');
    expect(await row(/^northwind/)).toBe('northwind/shopAuthorizedPull and push');
  });

  it('that can only be pulled say so', async () => {
    const repositories = [{ name: 'acme/base', public: true, actions: ['read' as const] }];
    await openPage('Repositories', { repositories });
    expect((await screen.findByRole('row', { name: /^acme\/base/ })).textContent).toBe(
      'acme/baseEverybodyPull',
    );
  });

  it('are not asked for without a key', async () => {
    const contexts = [sampleContext({ state: 'signed_out' })];
    const { requests } = await openPage('Repositories', { contexts });
    await screen.findByRole('heading', { name: 'You are signed out' });
    expect(requests('grants.repositories')).toEqual([]);
  });

  it('that cannot be read can be read again', async () => {
    const { user, world } = await openPage('Repositories', {
      failures: { 'grants.repositories': { code: 'key_not_registered' } },
    });
    await screen.findByText('The service does not know this key');
    world.failures = {};
    world.repositories = [];
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    await screen.findByText('No repositories yet');
  });

  it('say until when somebody is let in, and keep who could not be taken out', async () => {
    const { user, world } = await openPage('Repositories');
    await openAccess(user);
    const list = within(await screen.findByRole('list', { name: 'Authorizations' }));
    const line = (name: string): string => list.getByText(name).closest('li')?.textContent ?? '';
    expect(line('jonas')).toContain('No end');
    expect(line('priya')).toMatch(/Until \d+ \w+ \d{4}/);
    world.failures = { 'grants.revoke': { code: 'server_unreachable' } };
    await user.click(list.getByRole('button', { name: 'Revoke priya' }));
    await screen.findByText('The service cannot be reached');
    expect(list.getByRole('button', { name: 'Revoke priya' })).toBeDefined();
  });

  it('of another organization take a bot by its typed name', async () => {
    const repositories = [{ name: 'northwind/shop', public: false, actions: ['read', 'admin'] as const }];
    const { user, requests } = await openPage('Repositories', {
      repositories: repositories.map((each) => ({ ...each, actions: [...each.actions] })),
    });
    await user.click(await screen.findByRole('button', { name: 'northwind/shop' }));
    await user.click(await screen.findByRole('tab', { name: 'Access' }));
    await fill(user, await screen.findByLabelText('Email'), 'lena@acme.example');
    await user.click(screen.getByRole('radio', { name: 'Bot' }));
    const name = await screen.findByRole('textbox', { name: 'Bot' });
    expect(name).toHaveProperty('value', '');
    await fill(user, name, 'ci');
    await user.click(button('Authorize'));
    await waitFor(() => {
      expect(requests('grants.grant')).toMatchObject([{ to: { kind: 'bot', name: 'ci' } }]);
    });
  });

  it('say what you may do, and open who else may use them', async () => {
    const { user } = await openPage('Repositories');
    await user.click(await screen.findByRole('radio', { name: 'All that you may use' }));
    const row = await screen.findByRole('row', { name: /^northwind\/shop/ });
    expect(row.textContent).toContain('Pull and push');
    await user.click(row);
    await user.click(await screen.findByRole('tab', { name: 'Access' }));
    await screen.findByText('You need admin on it to see who may use it');
  });

  it('can be filtered where there are many', async () => {
    const repositories = Array.from({ length: 9 }, (_, index) => ({
      name: `acme/app-${String(index)}`,
      public: false,
      actions: ['read' as const],
    }));
    const { user } = await openPage('Repositories', { repositories });
    await fill(user, await screen.findByLabelText('Filter by name'), 'app-7');
    expect(screen.getAllByRole('button', { name: /^acme\/app/ })).toHaveLength(1);
    await fill(user, screen.getByLabelText('Filter by name'), 'nothing');
    expect(screen.getByText('No repository matches the filter.')).toBeDefined();
  });

  it('let a person in by email for a time', async () => {
    const { user, requests } = await openPage('Repositories');
    await openAccess(user);
    await fill(user, await screen.findByLabelText('Email'), 'lena@acme.example');
    await user.selectOptions(screen.getByLabelText('May'), 'writer');
    await user.selectOptions(screen.getByLabelText('For'), '7');
    const before = Date.now();
    await user.click(button('Authorize'));
    await within(await screen.findByRole('list', { name: 'Authorizations' })).findByText('lena');
    const [asked] = requests('grants.grant') as { expiresAt: string }[];
    expect(asked).toMatchObject({
      ...web,
      to: { kind: 'user', email: 'lena@acme.example' },
      permission: 'writer',
    });
    const days = (Date.parse(asked?.expiresAt ?? '') - before) / 86_400_000;
    expect(days).toBeCloseTo(7, 2);
  });

  it('keep whom one was about to let in while their tags are looked at', async () => {
    const { user } = await openPage('Repositories');
    await openAccess(user);
    await fill(user, await screen.findByLabelText('Email'), 'lena@acme.example');
    await user.selectOptions(screen.getByLabelText('For'), '7');
    await user.click(screen.getByRole('tab', { name: 'Tags' }));
    await user.click(screen.getByRole('tab', { name: 'Access' }));
    expect(screen.getByLabelText('Email')).toHaveProperty('value', 'lena@acme.example');
    expect(screen.getByLabelText('For')).toHaveProperty('value', '7');
  });

  it('do not ask who may use them before that is looked at', async () => {
    const { user, requests } = await openPage('Repositories');
    await user.click(await screen.findByRole('button', { name: 'acme/web' }));
    await screen.findByRole('option', { name: /linux/ });
    expect(requests('grants.list')).toEqual([]);
  });

  it('let a bot of the organization in without an end', async () => {
    const { user, requests } = await openPage('Repositories', { grants: [] });
    await openAccess(user);
    await screen.findByText('Nobody but the owners of acme.');
    await user.click(screen.getByRole('radio', { name: 'Bot' }));
    await user.selectOptions(await screen.findByRole('combobox', { name: 'Bot' }), 'release');
    await user.click(button('Authorize'));
    await within(await screen.findByRole('list', { name: 'Authorizations' })).findByText('release');
    expect(requests('grants.grant')).toEqual([
      { ...web, to: { kind: 'bot', name: 'release' }, permission: 'reader', expiresAt: null },
    ]);
  });

  it('say when the service knows nobody of that name', async () => {
    const { user } = await openPage('Repositories', {
      failures: { 'grants.grant': { code: 'nobody_found' } },
    });
    await openAccess(user);
    await fill(user, await screen.findByLabelText('Email'), 'nobody@acme.example');
    await user.click(button('Authorize'));
    await screen.findByText(/^The service knows nobody of that name\./);
  });

  it('take an authorization back', async () => {
    const { user, requests } = await openPage('Repositories');
    await openAccess(user);
    await user.click(await screen.findByRole('button', { name: 'Revoke priya' }));
    await screen.findByText('priya may no longer use acme/web');
    await waitFor(() => {
      expect(screen.queryByRole('button', { name: 'Revoke priya' })).toBeNull();
    });
    expect(requests('grants.revoke')).toEqual([{ ...web, id: 'g_bbbbbbbbbbbbbbbbbbbbbbbbbb' }]);
  });
});
