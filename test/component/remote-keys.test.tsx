import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { productionId, timeFromNow } from '../support/samples.ts';
import {
  manyRemoteKeys,
  sampleRemoteKey,
  sampleHeldRules,
  sampleKeeper,
  sampleKeeperContext,
  sampleStanding,
} from '../support/samples-remote-keys.ts';
import { holding, open, openDeed, openKey, row } from './open-remote-keys.tsx';
import { fill, openPage } from './open-window.tsx';

/** What is said of a button that is off. */
const reasonOf = (button: HTMLElement): string =>
  document.getElementById(button.getAttribute('aria-describedby') ?? '')?.textContent ?? '';

describe('the list of remote keys', () => {
  it('says of each its state, algorithm, generation, owner and end, and what it does not know as it came', async () => {
    await open();
    const words = async (keyId: string) => (await row(keyId)).closest('tr')?.textContent;
    expect(await words('custody-btc-prod')).toContain('Activesecp256k13treasury');
    expect(await words('archive-2025')).toContain('Verifies only');
    expect(await words('lattice-trial')).toContain('QUARANTINEDML_DSA_65');
    expect(await words('wallet-hot')).toContain('Changed');
    expect(await words('invoices:eu')).toContain('Never');
  });

  it('is filtered by state and owner, sorted, and walked through by arrows', async () => {
    const { user } = await open();
    await user.type(screen.getByLabelText('Filter by id, state, algorithm or owner'), 'legal');
    expect(screen.getAllByRole('row')).toHaveLength(4);
    await user.clear(screen.getByLabelText('Filter by id, state, algorithm or owner'));
    await user.type(screen.getByLabelText('Filter by id, state, algorithm or owner'), 'verifies only');
    expect(screen.getAllByRole('row')).toHaveLength(2);
    await user.clear(screen.getByLabelText('Filter by id, state, algorithm or owner'));
    await user.click(screen.getByRole('button', { name: 'Generation' }));
    await user.click(screen.getByRole('button', { name: 'Generation' }));
    expect(screen.getAllByRole('row')[1]?.textContent).toContain('releases');
    (await row('releases')).focus();
    await user.keyboard('{ArrowDown}');
    expect(document.activeElement?.textContent).toBe('custody-btc-prod');
    await user.keyboard('{Enter}');
    await screen.findByRole('dialog', { name: 'custody-btc-prod' });
  });

  it('draws of two hundred what is in sight', async () => {
    await open({ keys: manyRemoteKeys() });
    await row('verkehrsinfrastruktur-000:berichtsdatenverarbeitung-legal');
    expect(screen.getByRole('table').getAttribute('aria-rowcount')).toBe('201');
    expect(screen.getAllByRole('row').length).toBeLessThan(100);
  });

  it('is not asked for without the permission, which is named; a key opens by its id', async () => {
    const opened = await open(
      holding(['tkeeper.key.*.*', 'tkeeper.compliance.inventory', '-tkeeper.compliance.*']),
    );
    await screen.findByText('There is no list of keys for you');
    screen.getByText(
      /^Needs tkeeper\.compliance\.inventory, which your rule -\u2060tkeeper\.compliance\.\* denies\./,
    );
    expect(opened.requests('remoteKeys.list')).toEqual([]);
    const field = screen.getByLabelText('Key id');
    await fill(opened.user, field, 'Custody.BTC');
    await opened.user.keyboard('{Enter}');
    await screen.findByText(/^Enter a key’s id/);
    await fill(opened.user, field, 'custody-btc-prod');
    await opened.user.keyboard('{Enter}');
    const sheet = within(await screen.findByRole('dialog', { name: 'custody-btc-prod' }));
    await sheet.findByText('The service does not tell you what this key is');
    await sheet.findByRole('button', { name: 'Copy public key' });
    await opened.user.click(sheet.getByRole('button', { name: 'Sign…' }));
    const form = within(await screen.findByRole('dialog', { name: 'Sign with custody-btc-prod' }));
    // Of what algorithm it is, nobody knows.
    expect(within(form.getByLabelText('Scheme')).getAllByRole('option')).toHaveLength(3);
  });

  it('says that there is no such key', async () => {
    const opened = await open(holding(['tkeeper.compliance.inventory']), {
      failures: { 'remoteKeys.one': { code: 'remote_key_not_found' } },
      keeper: { ...sampleKeeper().keeper, ...holding(['tkeeper.key.*.*']) },
    });
    await fill(opened.user, await screen.findByLabelText('Key id'), 'nothing-here');
    await opened.user.keyboard('{Enter}');
    await screen.findByText('There is no such key');
    expect(screen.queryByRole('button', { name: 'Sign…' })).toBeNull();
  });

  it('is one state and no buttons while the keeper is sealed or not set up', async () => {
    const opened = await open(holding(sampleHeldRules, { state: 'SEALED' }));
    await screen.findByText('The keeper is sealed');
    expect(screen.queryByRole('button', { name: 'New key' })).toBeNull();
    expect(opened.requests('remoteKeys.list')).toEqual([]);
    opened.world.keeper.standing = sampleStanding({ state: 'UNINITIALIZED' });
    await opened.user.click(screen.getByRole('button', { name: 'Check again' }));
    await screen.findByText('The keeper is not set up yet');
    opened.world.keeper.standing = sampleStanding();
    await opened.user.click(screen.getByRole('button', { name: 'Check again' }));
    await row('releases');
  });
});

describe('the button for a new key', () => {
  it('stands where it stays: while nobody knows whether there are keys, nowhere', async () => {
    const facts = { contexts: [sampleKeeperContext()], keeper: { ...sampleKeeper().keeper, keys: [] } };
    const { user, api } = await openPage('Status', facts);
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { list } = api.remoteKeys;
    const asked = vi.spyOn(api.remoteKeys, 'list').mockImplementation(async (request) => {
      await released;
      return list(request);
    });
    await user.click(screen.getByRole('link', { name: 'Remote keys' }));
    await waitFor(() => {
      expect(asked).toHaveBeenCalled();
    });
    expect(screen.queryByRole('button', { name: 'New key' })).toBeNull();
    release();
    await screen.findByRole('button', { name: 'New key' });
  });
});

describe('what can be done with a remote key', () => {
  it('is off with the permission that it needs: by which deny, and where no rule grants it', async () => {
    const opened = await open();
    const sheet = await openKey(opened, 'custody-btc-prod');
    const decrypt = sheet.getByRole('button', { name: 'Decrypt…' });
    const refresh = sheet.getByRole('button', { name: 'Refresh…' });
    for (const button of [decrypt, refresh]) expect(button.getAttribute('aria-disabled')).toBe('true');
    expect([decrypt, refresh].map(reasonOf)).toEqual([
      'Needs tkeeper.key.custody-btc-prod.decrypt, which your rule -\u2060tkeeper.key.*.decrypt denies.',
      'Needs tkeeper.dkg.refresh. None of your rules grants it.',
    ]);
    // Said once for all of them; beside that only the button itself has it.
    expect(sheet.getAllByText(reasonOf(decrypt))).toHaveLength(1);
    sheet.getByText('Your rules do not allow tkeeper.key.custody-btc-prod.decrypt, tkeeper.dkg.refresh.', {
      normalizer: (text) => text.replace(/\s+/g, ' ').trim(),
    });
    expect(reasonOf(sheet.getByRole('button', { name: 'Destroy generation 2' }))).toContain(
      '-\u2060tkeeper.key.custody-*.destroy',
    );
    expect(sheet.getByRole('button', { name: 'Sign…' }).getAttribute('aria-disabled')).not.toBe('true');
    // By the keyboard: the reason comes up beside the button.
    refresh.focus();
    await screen.findByRole('tooltip', { name: /^Needs tkeeper\.dkg\.refresh/ });
    await opened.user.click(decrypt);
    expect(screen.queryByRole('dialog', { name: /^Decrypt/ })).toBeNull();
  });

  it('is all off by one rule that cannot be read, which is named', async () => {
    const opened = await open(holding(['tkeeper.**']), {});
    const reason = /^Needs tkeeper\.compliance\.inventory\. Your rule “tkeeper\.\*\*” cannot be read/;
    await screen.findByText(reason);
    expect(opened.requests('remoteKeys.list')).toEqual([]);
  });

  it.each([
    ['an empty segment', 'tkeeper.key..sign'],
    ['a space', 'tkeeper.key.a b.sign'],
    ['many letters', `tkeeper.key.${'a'.repeat(1024)}.sign`],
  ])('is left to the service where a rule cannot be read that some keepers read: %s', async (_, odd) => {
    const opened = await open(holding([odd]), { failures: { 'remoteKeys.list': { code: 'not_allowed' } } });
    await screen.findByText('The service does not let you do that');
    expect(screen.getByRole('button', { name: 'New key' }).getAttribute('aria-disabled')).not.toBe('true');
    expect(opened.requests('remoteKeys.list')).toHaveLength(1);
  });

  it('is left to the service where it has more rules than are read', async () => {
    const opened = await open(holding([], { isAll: false }), {
      failures: { 'remoteKeys.list': { code: 'not_allowed' } },
    });
    await screen.findByText('The service does not let you do that');
    expect(screen.getByRole('button', { name: 'New key' }).getAttribute('aria-disabled')).not.toBe('true');
    expect(opened.requests('remoteKeys.list')).toHaveLength(1);
  });

  it('is off by the state of the key', async () => {
    const opened = await open(holding(['tkeeper.*.*', 'tkeeper.key.*.*']));
    const offOf = async (keyId: string) => {
      const sheet = await openKey(opened, keyId);
      const names = ['Sign', 'Verify', 'Encrypt', 'Decrypt', 'Rotate', 'Refresh'].filter(
        (name) => sheet.getByRole('button', { name: `${name}…` }).getAttribute('aria-disabled') === 'true',
      );
      await opened.user.keyboard('{Escape}');
      await waitFor(() => {
        expect(screen.queryByRole('dialog')).toBeNull();
      });
      return names.join(' ');
    };
    expect(await offOf('archive-2025')).toBe('Sign Encrypt');
    expect(await offOf('archive-2024')).toBe('Sign Verify Encrypt Decrypt');
    expect(await offOf('old-signer')).toBe('Sign Verify Encrypt Decrypt Rotate Refresh');
    expect(await offOf('wallet-hot')).toBe('Sign Verify Encrypt Decrypt Rotate Refresh');
    expect(await offOf('wallet-cold')).toBe('Sign Verify Encrypt Decrypt');
    expect(await offOf('lattice-trial')).toBe('');
  });
});

describe('a remote key', () => {
  it('signs a text, and verifies it until something is changed', async () => {
    const opened = await open();
    const { user, requests } = opened;
    const form = await openDeed(opened, 'custody-btc-prod', 'Sign');
    await fill(user, form.getByLabelText('Text that is signed'), 'pay 3 BTC');
    await user.selectOptions(form.getByLabelText('Scheme'), 'BIP340');
    await user.click(form.getByRole('button', { name: 'Sign' }));
    await form.findByText('Signed by generation 3');
    expect(document.activeElement).toBe(form.getByRole('button', { name: 'Copy signature' }));
    const signature = form.getByLabelText('Signature').textContent;
    await user.click(form.getByRole('button', { name: 'Copy signature' }));
    await screen.findByText('Signature copied');
    expect(requests('remoteKeys.copy')).toEqual([{ base64: signature }]);
    expect(requests('remoteKeys.sign')).toEqual([
      {
        ...{
          contextId: productionId,
          keyId: 'custody-btc-prod',
          content: { from: 'text', text: 'pay 3 BTC' },
        },
        ...{ scheme: 'BIP340', hash: 'SHA256', authority: 'settlement' },
      },
    ]);
    // Back at the key.
    await user.click(form.getByRole('button', { name: 'Done' }));
    const sheet = within(await screen.findByRole('dialog', { name: 'custody-btc-prod' }));
    await user.click(sheet.getByRole('button', { name: 'Verify…' }));
    const check = within(await screen.findByRole('dialog', { name: 'Verify by custody-btc-prod' }));
    await fill(user, check.getByLabelText('Text that is verified'), 'pay 3 BTC');
    await fill(user, check.getByLabelText('Signature'), ` ${signature}\n`);
    await user.click(check.getByRole('button', { name: 'Verify' }));
    await check.findByText('The signature is genuine');
    await fill(user, check.getByLabelText('Text that is verified'), 'pay 4 BTC');
    expect(check.queryByText('The signature is genuine')).toBeNull();
    await user.click(check.getByRole('button', { name: 'Verify' }));
    await check.findByText('The signature does not fit');
  });

  it('is signed with by Ctrl+Enter, and goes on with the next text', async () => {
    const opened = await open();
    const { user, requests } = opened;
    const form = await openDeed(opened, 'releases', 'Sign');
    const field = form.getByLabelText('Text that is signed');
    expect(document.activeElement).toBe(field);
    await user.keyboard('release 4.2{Enter}of today{Control>}{Enter}{/Control}');
    await form.findByText('Signed by generation 12');
    expect(requests('remoteKeys.sign')).toMatchObject([
      { content: { from: 'text', text: 'release 4.2\nof today' } },
    ]);
    await user.click(form.getByRole('button', { name: 'Sign another' }));
    expect(document.activeElement).toBe(form.getByLabelText('Text that is signed'));
  });

  it('gives the keyboard back to where it came from: the deed’s button, then its row', async () => {
    const opened = await open();
    const { user } = opened;
    await openDeed(opened, 'releases', 'Sign');
    await user.keyboard('{Escape}');
    const sheet = within(await screen.findByRole('dialog', { name: 'releases' }));
    const button = await sheet.findByRole('button', { name: 'Sign…' });
    await waitFor(() => {
      expect(document.activeElement).toBe(button);
    });
    await user.keyboard('{Escape}');
    await waitFor(async () => {
      expect(document.activeElement).toBe(await row('releases'));
    });
  });

  it('has the public keys of its earlier generations to copy, but of none that is destroyed', async () => {
    const opened = await open();
    const { user, requests } = opened;
    const sheet = await openKey(opened, 'releases');
    const part = within(sheet.getByRole('region', { name: 'Public key' }));
    const current = (await part.findByLabelText('Public key')).textContent;
    const choice = part.getByLabelText('Generation');
    expect(within(choice).getAllByRole('option')).toHaveLength(4);
    await user.selectOptions(choice, '10');
    await waitFor(() => {
      expect(part.getByLabelText('Public key').textContent).not.toBe(current);
    });
    await user.click(part.getByRole('button', { name: 'Copy public key' }));
    expect(requests('remoteKeys.copy')).toEqual([{ base64: part.getByLabelText('Public key').textContent }]);
    expect(requests('remoteKeys.publicKey')).toMatchObject([{ generation: null }, { generation: 10 }]);
  });

  it('signs a file that is chosen next, and nothing where none is', async () => {
    const opened = await open({ file: null });
    const { user, world } = opened;
    const form = await openDeed(opened, 'releases', 'Sign');
    await user.click(form.getByRole('radio', { name: 'File' }));
    await user.selectOptions(form.getByLabelText('Authority'), 'nightly');
    await user.click(form.getByRole('button', { name: 'Choose file and sign…' }));
    form.getByRole('button', { name: 'Choose file and sign…' });
    world.keeper.file = 'release.tar';
    await user.click(form.getByRole('button', { name: 'Choose file and sign…' }));
    await form.findByText(/^The file release\.tar, with EdDSA\.$/);
    expect(opened.requests('remoteKeys.sign')).toMatchObject([
      {},
      { content: { from: 'file' }, authority: 'nightly' },
    ]);
  });

  it('draws the beginning of a long ciphertext alone, and copies all of it', async () => {
    const opened = await open();
    const { user, requests } = opened;
    const form = await openDeed(opened, 'archive-2026', 'Encrypt');
    const text = 'später '.repeat(10_000);
    fireEvent.change(form.getByLabelText('Text that is encrypted'), { target: { value: text } });
    await user.click(form.getByRole('button', { name: 'Encrypt' }));
    const shown = (await form.findByLabelText('Ciphertext')).textContent;
    expect(shown).toHaveLength(100_001);
    form.getByText(/^The first 100,000 of [\d,]+ characters: copying takes all\.$/);
    await user.click(form.getByRole('button', { name: 'Copy ciphertext' }));
    await screen.findByText('Ciphertext copied');
    const copied = JSON.stringify(requests('remoteKeys.copy'));
    expect(copied).toContain(shown.slice(0, -1));
    expect(copied.length).toBeGreaterThan(106_000);
  });

  it('encrypts and decrypts, and says at the field what is no base64', async () => {
    const opened = await open(holding(['tkeeper.*.*', 'tkeeper.key.*.*']));
    const { user } = opened;
    const form = await openDeed(opened, 'archive-2026', 'Encrypt');
    await fill(user, form.getByLabelText('Text that is encrypted'), 'für später');
    await user.click(form.getByRole('button', { name: 'Encrypt' }));
    await form.findByText('Encrypted to generation 1');
    await user.click(form.getByRole('button', { name: 'Encrypt another' }));
    const field = form.getByLabelText<HTMLTextAreaElement>('Text that is encrypted');
    expect(field.value).toBe('');
    await fill(user, field, 'für später');
    await user.click(form.getByRole('button', { name: 'Encrypt' }));
    await form.findByText('Encrypted to generation 1');
    const ciphertext = form.getByLabelText('Ciphertext').textContent;
    await user.click(form.getByRole('button', { name: 'Done' }));
    const sheet = within(await screen.findByRole('dialog', { name: 'archive-2026' }));
    await user.click(sheet.getByRole('button', { name: 'Decrypt…' }));
    const back = within(await screen.findByRole('dialog', { name: 'Decrypt by archive-2026' }));
    await fill(user, back.getByLabelText('Ciphertext'), 'no base64!');
    await user.click(back.getByRole('button', { name: 'Decrypt' }));
    await back.findByText(/^That is not base64/);
    await fill(user, back.getByLabelText('Ciphertext'), ciphertext);
    await user.click(back.getByRole('button', { name: 'Decrypt' }));
    expect((await back.findByLabelText('Decrypted text')).textContent).toBe('für später');
    await user.click(back.getByRole('button', { name: 'Back' }));
    await user.click(back.getByRole('radio', { name: 'To a file' }));
    await user.click(back.getByRole('button', { name: 'Choose file and decrypt…' }));
    await back.findByText('Saved as statement-q3.pdf');
  });

  it('is rotated, and an old generation destroyed once the id was typed', async () => {
    const opened = await open();
    const { user, requests } = opened;
    const rotate = await openDeed(opened, 'releases', 'Rotate');
    await user.click(rotate.getByRole('button', { name: 'Rotate key' }));
    await screen.findByText('Rotated releases');
    const sheet = within(await screen.findByRole('dialog', { name: 'releases' }));
    await sheet.findByText('Generation 13, in use');
    expect(sheet.queryByRole('button', { name: 'Destroy generation 13' })).toBeNull();
    await user.click(sheet.getByRole('button', { name: 'Destroy generation 12' }));
    const ask = within(await screen.findByRole('dialog', { name: 'Destroy generation 12 of releases?' }));
    ask.getByText(/^What was encrypted to generation 12 cannot be read any more/);
    await user.click(ask.getByRole('button', { name: 'Destroy generation' }));
    expect(requests('remoteKeys.destroy')).toEqual([]);
    await fill(user, ask.getByLabelText('Type releases to confirm'), 'releases');
    await user.click(ask.getByRole('button', { name: 'Destroy generation' }));
    await screen.findByText('Destroyed generation 12 of releases');
    expect(requests('remoteKeys.destroy')).toEqual([
      { contextId: productionId, keyId: 'releases', generation: 12 },
    ]);
  });

  it('gets another end with its next generation where its time is over', async () => {
    const day = 86_400;
    const over = { state: 'EXPIRED', applyUntil: timeFromNow(-9 * day), processUntil: timeFromNow(-day) };
    const opened = await open({ keys: [sampleRemoteKey({ keyId: 'backups', ...over })] });
    const { user, requests } = opened;
    const rotate = await openDeed(opened, 'backups', 'Rotate');
    rotate.getByText(/^The time of this key is over\. Say how long it is good from now on/);
    await user.selectOptions(rotate.getByLabelText('Signs and encrypts'), 'For 30 days');
    await user.selectOptions(rotate.getByLabelText('Verifies and decrypts'), 'For 1 year');
    await user.click(rotate.getByRole('button', { name: 'Rotate key' }));
    await screen.findByText('Rotated backups');
    const inDays = (count: number): unknown => expect.stringContaining(timeFromNow(count * day).slice(0, 10));
    expect(requests('remoteKeys.renew')).toMatchObject([
      { keyId: 'backups', mode: 'rotate', ends: { applyUntil: inDays(30), processUntil: inDays(365) } },
    ]);
  });

  it('is made with an id that rules can name, and an end', async () => {
    const opened = await open();
    const { user, requests } = opened;
    await user.click(screen.getByRole('button', { name: 'New key' }));
    const form = within(await screen.findByRole('dialog', { name: 'New key at the service' }));
    await fill(user, form.getByLabelText('Id'), 'Custody.LTC');
    form.getByText(/^Lower-case letters and digits with hyphens/);
    await fill(user, form.getByLabelText('Id'), 'releases');
    form.getByText('There is a key of that id.');
    await fill(user, form.getByLabelText('Id'), 'custody-ltc');
    await user.selectOptions(form.getByLabelText('Algorithm'), 'P256');
    await user.selectOptions(form.getByLabelText('Signs and encrypts'), 'For 90 days');
    await user.click(form.getByRole('button', { name: 'Make key' }));
    await screen.findByText('Made custody-ltc');
    await screen.findByRole('dialog', { name: 'custody-ltc' });
    expect(requests('remoteKeys.create')).toMatchObject([
      { keyId: 'custody-ltc', algorithm: 'P256', owner: null, processUntil: null },
    ]);
  });

  it('keeps what was typed where the keeper is sealed meanwhile, and says so', async () => {
    const opened = await open();
    const { user, world } = opened;
    const form = await openDeed(opened, 'releases', 'Sign');
    await fill(user, form.getByLabelText('Text that is signed'), 'hello');
    world.keeper.standing = sampleStanding({ state: 'SEALED' });
    await user.click(form.getByRole('button', { name: 'Sign' }));
    await form.findByText('The keeper is sealed');
    expect(form.getByLabelText<HTMLTextAreaElement>('Text that is signed').value).toBe('hello');
  });
});
