import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { ipcContract } from '../../contracts/ipc/index.ts';
import { errorText } from '../../renderer/lib/error-text.ts';
import { productionId, sampleKeyChoices } from '../support/samples.ts';
import type { World } from '../support/world.ts';
import { fill, openPage, type OpenWindow } from './open-window.tsx';

describe('an import', () => {
  async function openImport(facts: Partial<World> = {}): Promise<OpenWindow & { dialog: HTMLElement }> {
    const opened = await openPage('Keys', facts);
    await opened.user.click(await screen.findByRole('button', { name: 'Import key' }));
    return { ...opened, dialog: await screen.findByRole('dialog', { name: 'Import private key' }) };
  }

  async function pasteKey(
    facts: Partial<World> = {},
  ): Promise<OpenWindow & { dialog: HTMLElement; text: HTMLElement }> {
    const opened = await openImport(facts);
    const { user, dialog } = opened;
    await user.click(within(dialog).getByText('Paste'));
    const text = within(dialog).getByLabelText('Private key');
    await fill(user, text, '-----BEGIN PRIVATE KEY-----');
    await fill(user, within(dialog).getByLabelText('Key label'), 'Old laptop');
    await fill(user, within(dialog).getByLabelText('Key’s passphrase'), 'open sesame');
    await user.click(within(dialog).getByRole('button', { name: 'Import key' }));
    return { ...opened, text };
  }

  it('of a file goes by a token; its name is what the key is called unless something else is wanted', async () => {
    const { user, dialog, requests } = await openImport();
    const submit = within(dialog).getByRole('button', { name: 'Import key' });
    expect(submit.getAttribute('aria-disabled')).toBe('true');
    await user.click(within(dialog).getByRole('button', { name: 'Choose file…' }));
    await within(dialog).findByText('id_ed25519');
    await user.click(submit);
    await screen.findByRole('heading', { level: 1, name: 'Register key' });
    expect(requests('keys.import')).toEqual([
      {
        contextId: productionId,
        label: 'id_ed25519',
        age: 365,
        source: { from: 'file', fileToken: expect.any(String) as string },
        pick: null,
        passphrase: null,
      },
    ]);
  });

  it('of a pasted text sends it inward, with the passphrase', async () => {
    const { requests } = await pasteKey();
    await screen.findByRole('heading', { level: 1, name: 'Register key' });
    expect(requests('keys.import')).toEqual([
      {
        contextId: productionId,
        label: 'Old laptop',
        age: 365,
        source: { from: 'text', text: '-----BEGIN PRIVATE KEY-----' },
        pick: null,
        passphrase: 'open sesame',
      },
    ]);
  });

  it('of a text with several keys asks which one, and sends the answer along', async () => {
    const { user, dialog, requests } = await pasteKey({ keysInText: sampleKeyChoices() });
    await within(dialog).findByText('There are 4 private keys in it');
    const select = within(dialog).getByLabelText('Which key');
    expect(document.activeElement).toBe(select);
    const options = within(select).getAllByRole('option');
    expect(options.map(({ textContent }) => textContent)).toEqual([
      'Choose a key',
      '1. OpenSSH, SHA256:aaaaaa…aaaa',
      '2. OpenSSH, with a passphrase, SHA256:bbbbbb…bbbb',
      '3. PEM, with a passphrase',
      '4. JWK, cannot be read',
    ]);
    expect(within(dialog).getByRole('button', { name: 'Import key' })).toHaveProperty('ariaDisabled', 'true');
    await user.selectOptions(select, '1');
    await user.click(within(dialog).getByRole('button', { name: 'Import key' }));
    await screen.findByRole('heading', { level: 1, name: 'Register key' });
    expect(requests('keys.import')).toMatchObject([{ pick: null }, { pick: 1 }]);
  });

  it('of another text asks anew', async () => {
    const { user, dialog, text, requests } = await pasteKey({ keysInText: sampleKeyChoices() });
    await within(dialog).findByLabelText('Which key');
    await user.type(text, 'x');
    expect(within(dialog).queryByLabelText('Which key')).toBeNull();
    await user.click(within(dialog).getByRole('button', { name: 'Import key' }));
    await within(dialog).findByLabelText('Which key');
    expect(requests('keys.import')).toMatchObject([{ pick: null }, { pick: null }]);
  });

  it.each(['another text', 'a file instead'])('takes back what it said, for %s', async (instead) => {
    const { user, dialog, text } = await pasteKey({
      failures: { 'keys.import': { code: 'import_not_a_key' } },
    });
    await within(dialog).findByRole('alert');
    await (instead === 'another text' ? user.type(text, 'x') : user.click(within(dialog).getByText('File')));
    expect(within(dialog).queryByRole('alert')).toBeNull();
  });

  it('says what to do about each way to fail', async () => {
    const { user, world, dialog } = await pasteKey({ failures: { 'keys.import': { code: 'file_gone' } } });
    for (const code of ipcContract.calls.keys.import.errors) {
      world.failures = { 'keys.import': { code } };
      await user.click(within(dialog).getByRole('button', { name: 'Import key' }));
      await waitFor(() => {
        expect(within(dialog).getByRole('alert').textContent).toContain(errorText(code).advice);
      });
      if (code === 'import_encrypted' || code === 'import_wrong_passphrase')
        await waitFor(() => {
          expect(document.activeElement).toBe(within(dialog).getByLabelText('Key’s passphrase'));
        });
    }
  });
});
