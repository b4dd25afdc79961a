import { screen, waitFor, within, type BoundFunctions, type queries } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { recoveryCodeId, recoveryCodeText, sampleSlot } from '../support/samples.ts';
import type { World } from '../support/world.ts';
import { fill, openPage, type OpenWindow } from './open-window.tsx';

const all = [
  sampleSlot(),
  sampleSlot({ kind: 'keychain', backend: 'gnome_libsecret' }),
  sampleSlot({ kind: 'recovery' }),
];

async function openSecurity(facts: Partial<World> = {}): Promise<OpenWindow> {
  const opened = await openPage('Settings', facts);
  await screen.findByRole('group', { name: 'Passphrase' });
  return opened;
}

function row(name: string): BoundFunctions<typeof queries> {
  return within(screen.getByRole('group', { name }));
}

async function dialog(name: string): Promise<BoundFunctions<typeof queries>> {
  return within(await screen.findByRole('dialog', { name }));
}

describe('the passphrase', () => {
  async function change(facts: Partial<World> = {}): Promise<OpenWindow> {
    const opened = await openSecurity(facts);
    await opened.user.click(row('Passphrase').getByRole('button', { name: 'Change…' }));
    const form = await dialog('Change passphrase');
    await fill(opened.user, form.getByLabelText('Current passphrase'), 'the old one');
    await fill(opened.user, form.getByLabelText('New passphrase'), 'long enough to pass');
    await fill(opened.user, form.getByLabelText('Repeat new passphrase'), 'long enough to pass');
    await opened.user.click(form.getByRole('button', { name: 'Change passphrase' }));
    return opened;
  }

  it('is changed with the old one', async () => {
    const { requests } = await change();
    await screen.findByText('Passphrase changed');
    expect(requests('slots.changePassphrase')).toEqual([{ old: 'the old one', new: 'long enough to pass' }]);
    await waitFor(() => {
      expect(screen.queryByRole('dialog')).toBeNull();
    });
  });

  it.each([
    ['wrong_passphrase', { retryAfterMs: 2000 }, 'Wrong passphrase. Try again in 2 seconds.'],
    ['passphrase_too_weak', { hint: 'date' }, 'The passphrase is too easy to guess.'],
    ['storage_failed', {}, 'Keyhold could not use its files'],
  ] as const)('stays when main answers %s', async (code, details, words) => {
    await change({ failures: { 'slots.changePassphrase': { code, details } } });
    expect((await screen.findByRole('alert')).textContent).toContain(words);
    expect(screen.getByRole('dialog')).toBeDefined();
  });
});

describe('the system keychain', () => {
  async function turnOn({ user }: OpenWindow): Promise<void> {
    await user.click(row('System keychain').getByRole('button', { name: 'Turn on…' }));
    const form = await dialog('Turn on the system keychain');
    await user.click(form.getByRole('button', { name: 'Turn on' }));
    await fill(user, form.getByLabelText('Passphrase'), 'my passphrase');
    await user.click(form.getByRole('button', { name: 'Turn on' }));
  }

  it('is turned on and off', async () => {
    const opened = await openSecurity({ keychain: 'gnome_libsecret' });
    await turnOn(opened);
    await screen.findByText('Keychain turned on');
    expect(opened.requests('slots.addKeychain')).toEqual([{ passphrase: 'my passphrase' }]);
    expect(opened.world.slots.map(({ kind }) => kind)).toContain('keychain');
    await waitFor(() => {
      expect(screen.queryByRole('dialog')).toBeNull();
    });
  });

  it.each([
    ['wrong_passphrase', { retryAfterMs: 2000 }, 'Wrong passphrase. Try again in 2 seconds.'],
    ['keychain_failed', { keychain: 'unavailable' }, 'keychain'],
  ] as const)('stays off when main answers %s', async (code, details, words) => {
    const failures = { 'slots.addKeychain': { code, details } };
    const opened = await openSecurity({ keychain: 'gnome_libsecret', failures });
    await turnOn(opened);
    expect((await screen.findByRole('alert')).textContent).toContain(words);
    expect(opened.world.slots.map(({ kind }) => kind)).not.toContain('keychain');
  });

  it('is not offered where there is none', async () => {
    await openSecurity();
    expect(row('System keychain').queryByRole('button')).toBeNull();
    expect(row('System keychain').getByText(/no keychain that protects/)).toBeDefined();
  });

  it.each([
    ['kwallet6', 'this desktop uses KWallet'],
    [null, 'which does not answer'],
  ])('that was set up with another one than %s says so, and can be turned off', async (keychain, words) => {
    const { user, requests } = await openSecurity({ keychain, slots: all });
    const keychainRow = row('System keychain');
    expect(keychainRow.getByText('Not usable')).toBeDefined();
    expect(keychainRow.getByText(new RegExp(words))).toBeDefined();
    await user.click(keychainRow.getByRole('button', { name: 'Turn off' }));
    await screen.findByText('Keychain turned off');
    expect(requests('slots.remove')).toEqual([{ kind: 'keychain' }]);
  });
});

describe('the recovery code', () => {
  async function makeCode(facts: Partial<World> = {}): Promise<OpenWindow> {
    const opened = await openSecurity(facts);
    await opened.user.click(row('Recovery code').getByRole('button', { name: /^Make a/ }));
    const form = await dialog('Make a recovery code');
    await fill(opened.user, form.getByLabelText('Passphrase'), 'the passphrase');
    await opened.user.click(form.getByRole('button', { name: 'Make code' }));
    await dialog('Store your recovery code');
    return opened;
  }

  it('is made with the passphrase, is shown once and is let go of', async () => {
    const { user, requests } = await makeCode();
    expect(requests('slots.makeRecoveryCode')).toEqual([{ passphrase: 'the passphrase' }]);
    await user.click(screen.getByRole('button', { name: 'Reveal recovery code' }));
    await screen.findByText(recoveryCodeText);
    await user.click(screen.getByRole('button', { name: 'Hide recovery code' }));
    expect(screen.queryByText(recoveryCodeText)).toBeNull();
    expect(screen.queryByRole('button', { name: 'Reveal recovery code' })).toBeNull();
    await user.keyboard('{Escape}');
    await user.click(screen.getByRole('button', { name: 'I have stored the code' }));
    await waitFor(() => {
      expect(screen.queryByRole('dialog')).toBeNull();
    });
    expect(requests('slots.forgetCode')).toEqual([{ codeId: recoveryCodeId }]);
  });

  it('is printed, saved and copied', async () => {
    const { user, requests } = await makeCode();
    await user.click(screen.getByRole('button', { name: 'Print' }));
    await screen.findByText('Sent to the printer.');
    await user.click(screen.getByRole('button', { name: 'Save PDF' }));
    await screen.findByText('PDF saved.');
    await user.click(screen.getByRole('button', { name: 'Save picture' }));
    await screen.findByText('Picture saved.');
    await user.click(screen.getByRole('button', { name: 'Copy' }));
    await screen.findByText(/^Copied · clears in/);
    expect(requests('slots.saveCode')).toEqual([
      { codeId: recoveryCodeId, form: 'pdf' },
      { codeId: recoveryCodeId, form: 'png' },
    ]);
  });

  it('that the user does not save after all is not said to be saved', async () => {
    const { user, requests } = await makeCode({ savesAndPrints: false });
    await user.click(screen.getByRole('button', { name: 'Save PDF' }));
    await waitFor(() => {
      expect(requests('slots.saveCode')).toHaveLength(1);
    });
    await user.click(screen.getByRole('button', { name: 'Print' }));
    await waitFor(() => {
      expect(requests('slots.printCode')).toHaveLength(1);
    });
    expect(screen.queryByText(/saved\.|printer\./)).toBeNull();
  });

  it('that cannot be printed says what to do', async () => {
    const { user } = await makeCode({ failures: { 'slots.printCode': { code: 'print_failed' } } });
    await user.click(screen.getByRole('button', { name: 'Print' }));
    expect((await screen.findByRole('alert')).textContent).toContain('save the sheet as a PDF');
  });

  it('is removed after a question', async () => {
    const { user, requests } = await openSecurity({ slots: all });
    await user.click(row('Recovery code').getByRole('button', { name: 'Remove…' }));
    const question = await dialog('Remove the recovery code?');
    await user.click(question.getByRole('button', { name: 'Remove code' }));
    await screen.findByText('Recovery code removed');
    expect(requests('slots.remove')).toEqual([{ kind: 'recovery' }]);
  });
});

describe('re-keying', () => {
  async function rekey(facts: Partial<World> = {}): Promise<OpenWindow> {
    const opened = await openSecurity(facts);
    await opened.user.click(row('Data key').getByRole('button', { name: 'Re-key vault…' }));
    const form = await dialog('Re-key vault');
    await fill(opened.user, form.getByLabelText('Passphrase'), 'the passphrase');
    await opened.user.click(form.getByRole('button', { name: 'Re-key vault' }));
    return opened;
  }

  it('shows the new recovery code when there was one', async () => {
    const { requests } = await rekey({ slots: all });
    await dialog('Store your recovery code');
    expect(requests('slots.rekey')).toEqual([{ passphrase: 'the passphrase' }]);
  });

  it('ends without one when there was none', async () => {
    await rekey();
    await screen.findByText('Vault re-keyed');
    await waitFor(() => {
      expect(screen.queryByRole('dialog')).toBeNull();
    });
  });

  it('says that the passphrase was wrong', async () => {
    await rekey({ failures: { 'slots.rekey': { code: 'wrong_passphrase', details: { retryAfterMs: 0 } } } });
    expect((await screen.findByRole('alert')).textContent).toBe('Wrong passphrase. Try again.');
  });
});

it('the section says what failed and tries again', async () => {
  const { user, world } = await openPage('Settings', {
    failures: { 'slots.list': { code: 'storage_failed' } },
  });
  await screen.findByRole('alert');
  world.failures = {};
  await user.click(screen.getByRole('button', { name: 'Try again' }));
  await screen.findByRole('group', { name: 'Passphrase' });
});
