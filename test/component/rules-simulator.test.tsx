import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { limits } from '../../contracts/domain/limits.ts';
import { sampleClaims } from '../support/samples-remote-keys.ts';
import { keeperFacts, sampleRulesContext, troubledRole } from '../support/samples-rules.ts';
import { sampleRole } from '../support/world-rules.ts';
import { fill, openPage, type OpenWindow } from './open-window.tsx';

const contexts = [sampleRulesContext()];

async function open(facts: Parameters<typeof openPage>[1] = {}, tab = 'Simulator'): Promise<OpenWindow> {
  const opened = await openPage('Rules', { contexts, ...keeperFacts(), ...facts });
  await opened.user.click(screen.getByRole('tab', { name: tab }));
  return opened;
}

const answer = (): string => screen.getByRole('group', { name: 'Answer' }).textContent;
const askKey = ({ user }: OpenWindow, key: string): Promise<void> =>
  fill(user, screen.getByRole('combobox', { name: 'Key' }), key);
const who = (name: string): HTMLElement => screen.getByRole('checkbox', { name });
const keyField = (): HTMLInputElement => screen.getByRole('combobox', { name: 'Key' });
const grid = (): HTMLElement => screen.getByRole('grid', { name: 'Operations by keys' });
const active = (): HTMLElement | null =>
  document.getElementById(grid().getAttribute('aria-activedescendant') ?? '');

describe('the simulator', () => {
  it('says whether my token is enough, by which rule, and which it would take', async () => {
    const opened = await open();
    await askKey(opened, 'wallet-hot');
    await waitFor(() => {
      expect(answer()).toContain('Granted by tkeeper.key.wallet-*.sign, My token.');
    });
    expect(answer()).toMatch(/^Allowed/);
    await askKey(opened, 'wallet-hot-eu');
    expect(answer()).toMatch(/^Not allowed.*Denied by -tkeeper\.key\.\*-eu\.sign, My token\./);
    await askKey(opened, 'not-there-yet');
    expect(answer()).toMatch(
      /^Not allowed.*No rule grants it\.It would take tkeeper\.key\.not-there-yet\.sign/,
    );
    await opened.user.click(screen.getByRole('button', { name: 'See what it would change' }));
    const gained = await screen.findByRole('region', { name: 'Gained' });
    expect(gained.textContent).toContain('signnot-there-yet');
    await askKey(opened, 'No key');
    screen.getByText('No key can be called that.');
    expect(answer()).toMatch(/^Not known/);
  });

  it('says of a token whose rules are not all told, and of one that is over, that it is so', async () => {
    const { keeper } = keeperFacts();
    const opened = await open({
      keeper: {
        ...keeper,
        standing: { ...keeper.standing, isAll: false },
        claims: sampleClaims({ permissions: ['tkeeper.key.master-*.sign'], endsAt: '2026-01-02T03:04:05Z' }),
      },
    });
    const { user } = opened;
    await askKey(opened, 'master-root');
    await waitFor(() => {
      expect(answer()).toMatch(/^Not allowed, as far as its rules were read/);
    });
    expect(screen.getByText(/rules of more$/)).not.toBeNull();
    await user.click(screen.getByRole('button', { name: 'Paste a token…' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Paste a token' }));
    await fill(user, dialog.getByLabelText('Token'), 'eyJ.secret.part');
    await user.click(dialog.getByRole('button', { name: 'Read token' }));
    await screen.findByText(/1 rule, over since .*2026/);
    expect(answer()).toMatch(/^Allowed(?!,)/);
  });

  it('takes roles as they are just now, with the line that decides, and several together', async () => {
    const opened = await open();
    const { user } = opened;
    await user.click(who('My token'));
    expect(answer()).toMatch(/^Not known.*Choose who asks\./);
    await user.click(who('Custody operator'));
    await askKey(opened, 'custody-master-prod');
    expect(answer()).toContain('Denied by -tkeeper.key.custody-master-*.sign, line 5 of Custody operator.');
    await user.click(who('Auditor'));
    screen.getByText('Together: a deny of any of them counts.');
    await user.selectOptions(screen.getByLabelText('Operation'), 'compliance.inventory');
    expect(answer()).toContain('Granted by tkeeper.compliance.inventory, line 4 of Auditor.');
    expect(screen.queryByRole('combobox', { name: 'Key' })).toBeNull();
    await user.click(screen.getByRole('tab', { name: 'Roles' }));
    await user.type(screen.getByRole('textbox', { name: 'Rules, one a line' }), '\n-tkeeper.compliance.*');
    await user.click(screen.getByRole('tab', { name: 'Simulator' }));
    expect(answer()).toContain('Denied by -tkeeper.compliance.*, line 5 of Auditor.');
  });

  it('says of a role with a line that cannot be read that it grants nothing, and which line', async () => {
    const opened = await open({ roles: [troubledRole] });
    const { user } = opened;
    await user.click(who('My token'));
    await user.click(who(troubledRole.name));
    expect(answer()).toContain(`tkeeper.key.**.verify, line 3 of ${troubledRole.name}, cannot be read`);
    expect(grid().querySelectorAll('[data-answer="bad_rule"]').length).toBeGreaterThan(6);
  });

  it('reads a pasted token, keeps nothing of its text, and forgets what it said with the page', async () => {
    const opened = await open();
    const { user, requests } = opened;
    await user.click(screen.getByRole('button', { name: 'Paste a token…' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Paste a token' }));
    await user.click(dialog.getByRole('button', { name: 'Read token' }));
    dialog.getByText('Paste a token.');
    await fill(user, dialog.getByLabelText('Token'), 'a'.repeat(limits.inspectMax + 1));
    await user.click(dialog.getByRole('button', { name: 'Read token' }));
    dialog.getByText('That is too long for a token.');
    expect(requests('tokenSignIn.read')).toEqual([]);
    await fill(user, dialog.getByLabelText('Token'), 'nothing like it');
    await user.click(dialog.getByRole('button', { name: 'Read token' }));
    await dialog.findByText(/^That is no JWT/);
    await fill(user, dialog.getByLabelText('Token'), ' eyJ.secret.part ');
    await user.click(dialog.getByRole('button', { name: 'Read token' }));
    await waitFor(() => {
      expect((who('Pasted token') as HTMLInputElement).checked).toBe(true);
    });
    expect(requests('tokenSignIn.read').at(-1)).toEqual({ token: 'eyJ.secret.part' });
    await askKey(opened, 'master-root');
    expect(answer()).toContain('Granted by tkeeper.key.master-*.sign, Pasted token.');
    await user.click(screen.getByRole('tab', { name: 'Roles' }));
    await user.click(screen.getByRole('tab', { name: 'Simulator' }));
    who('Pasted token');
    expect(document.body.innerHTML).not.toContain('secret');
    await user.click(screen.getByRole('link', { name: 'Settings' }));
    await user.click(screen.getByRole('link', { name: 'Rules' }));
    await user.click(await screen.findByRole('tab', { name: 'Simulator' }));
    expect(screen.queryByRole('checkbox', { name: 'Pasted token' })).toBeNull();
  });

  it('shows what one more line would change, in words and in the map', async () => {
    const opened = await open();
    const { user } = opened;
    await askKey(opened, 'wallet-hot');
    await fill(user, screen.getByLabelText('One more line'), '-tkeeper.key.wallet-hot.*');
    const lost = await screen.findByRole('region', { name: 'Lost' });
    await waitFor(() => {
      expect(lost.textContent).toBe('Lost 2publicwallet-hotsignwallet-hot');
    });
    expect(screen.getByRole('region', { name: 'Gained' }).textContent).toContain('Nothing.');
    expect(active()?.getAttribute('aria-label')).toBe(
      'denied by -tkeeper.key.wallet-hot.*, lost with the line',
    );
    await fill(user, screen.getByLabelText('One more line'), 'tkeeper.**');
    await screen.findByText(/^\*\* is not allowed/);
    expect(screen.queryByRole('region', { name: 'Lost' })).toBeNull();
  });

  it('is walked through by keys, asks about each cell, and says why', async () => {
    const opened = await open();
    const { user } = opened;
    await askKey(opened, 'custody-btc-prod');
    grid().focus();
    expect(active()?.getAttribute('aria-label')).toBe('not granted');
    await user.keyboard('{ArrowRight}{ArrowUp}');
    expect(keyField().value).toBe('custody-btc-staging');
    expect(answer()).toContain('Granted by tkeeper.key.*.public');
    await user.keyboard('{End}');
    expect(keyField().value).toBe('wallet:treasury');
    await user.keyboard('{Control>}{ArrowDown}{/Control}');
    expect(screen.getByLabelText<HTMLSelectElement>('Operation').value).toBe('recover');
    expect(active()?.getAttribute('aria-label')).toBe('not granted');
    await user.keyboard('{Control>}{ArrowUp}{/Control}');
    // The column is as it was where the row has one cell.
    expect(keyField().value).toBe('wallet:treasury');
    await user.keyboard('{Enter}');
    expect(document.activeElement).toBe(screen.getByRole('group', { name: 'Answer' }));
    await user.click(within(grid()).getAllByRole('gridcell')[0] ?? grid());
    expect(keyField().value).toBe('custody-btc-prod');
  });

  it('draws of thousands of keys only those in sight, and finds them by their names', async () => {
    const keyIds = Array.from({ length: 3000 }, (_, index) => `wallet-${index}`);
    const { user } = await open({ ...keeperFacts({ keyIds }) });
    await within(grid()).findByText('3,000 keys');
    expect(within(grid()).getAllByRole('gridcell').length).toBeLessThan(400);
    expect(grid().getAttribute('aria-colcount')).toBe('3001');
    await user.type(screen.getByLabelText('Filter keys'), 'wallet-299');
    await screen.findByText('12 of 3,000 keys');
  });
});

describe('where keys cannot be listed', () => {
  it.each([
    ['the user may not', { failures: { 'remoteKeys.list': { code: 'not_allowed' as const } } }],
    [
      'the service is not reached',
      { failures: { 'remoteKeys.list': { code: 'server_unreachable' as const } } },
    ],
    ['the keeper is sealed', { failures: { 'remoteKeys.list': { code: 'keeper_sealed' as const } } }],
  ])('because %s, ids are typed, and what is not known is not said to be denied', async (_, facts) => {
    const opened = await open(facts);
    await screen.findByText(/is not known\. Rules are read, tried and kept all the same/);
    expect(answer()).toMatch(/^Not known.*Name a key: its id decides\./);
    const wide = within(grid()).getAllByRole('gridcell', { name: 'not known: name a key' });
    expect(wide).toHaveLength(6);
    await askKey(opened, 'wallet-hot');
    expect(answer()).toMatch(/^Allowed/);
    expect(active()?.getAttribute('aria-label')).toBe('allowed by tkeeper.key.wallet-*.sign');
    await opened.user.click(screen.getByRole('tab', { name: 'Roles' }));
    await screen.findAllByText(/not looked up/);
    expect(screen.queryByText(/of 0 keys/)).toBeNull();
  });

  it('nobody asks for the list with a token that is known to have no right to it', async () => {
    const { keeper } = keeperFacts();
    const standing = { ...keeper.standing, permissions: ['tkeeper.key.*.sign'] };
    const { requests } = await open({ keeper: { ...keeper, standing } });
    await screen.findByText('Your token may not list keys');
    screen.getByText(/Needs tkeeper\.compliance\.inventory\. None of your rules grants it\./);
    expect(requests('remoteKeys.list')).toEqual([]);
  });

  it('nothing is asked where the context is signed out, and roles are there all the same', async () => {
    const signedOut = [sampleRulesContext({ state: 'signed_out', credential: null })];
    const { requests } = await open({ contexts: signedOut });
    screen.getByText('You are signed out');
    expect(requests('remoteKeys.list')).toEqual([]);
    expect(requests('remoteKeys.standing')).toEqual([]);
    expect((who('Auditor') as HTMLInputElement).checked).toBe(true);
    expect(screen.getByText('Not known', { selector: '[id$=-hint]' })).not.toBeNull();
  });

  it('my token is not known where the service does not tell it: nothing is said to be denied', async () => {
    const { user } = await open({ failures: { 'remoteKeys.standing': { code: 'server_unreachable' } } });
    await user.click(who('Auditor'));
    await user.click(who('My token'));
    await screen.findByText('Which rules your token has is not known.');
    expect(answer()).toContain('The rules of My token are not known.');
    expect(grid().querySelectorAll('[data-answer]:not([data-answer="unknown"])')).toHaveLength(0);
  });

  it('my token has the rules that were read last where they cannot be read anew, and that is said', async () => {
    const opened = await open();
    opened.world.failures = { 'remoteKeys.standing': { code: 'server_unreachable' } };
    await opened.user.click(screen.getByRole('link', { name: 'Remote keys' }));
    await opened.user.click(screen.getByRole('link', { name: 'Rules' }));
    await opened.user.click(screen.getByRole('tab', { name: 'Simulator' }));
    await screen.findByText('The rules of your token are those that were read last.');
    await askKey(opened, 'wallet-hot');
    expect(answer()).toMatch(/^Allowed/);
  });
});

describe('two roles compared', () => {
  it('tell what only one has and what only one allows', async () => {
    await open({}, 'Compare');
    await screen.findByText('1 rule in both');
    expect(screen.getByRole('region', { name: 'Only in Auditor' }).textContent).toContain(
      'tkeeper.audit.log.verify',
    );
    const effects = await screen.findByRole('region', { name: 'Only Auditor allows' });
    expect(effects.textContent).toContain('compliance.inventory');
    expect(effects.textContent).toContain('verify8 keys');
    const others = screen.getByRole('region', { name: 'Only Custody operator allows' });
    expect(others.textContent).toContain('custody-btc-prod, custody-eth-prod and custody-sol-v2-prod');
  });

  it('need to be two', async () => {
    await open({ roles: [sampleRole()] }, 'Compare');
    await screen.findByRole('heading', { name: 'Two roles are needed' });
  });
});
