import { act, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { World } from '../support/world.ts';
import { sampleCopy, samplePreviewOfBackup, sampleRow } from '../support/world-backup.ts';
import { fill, openPage, openWindow, type OpenWindow } from './open-window.tsx';

const strong = 'seven quiet lanterns drift';

async function openSave(facts: Partial<World> = {}): Promise<OpenWindow> {
  const opened = await openPage('Settings', facts);
  await opened.user.click(await screen.findByRole('button', { name: 'Save backup…' }));
  await screen.findByRole('dialog', { name: 'Save backup' });
  return opened;
}

async function saveWith(opened: OpenWindow, passphrase: string, repeat: string): Promise<void> {
  await fill(opened.user, screen.getByLabelText('Backup passphrase'), passphrase);
  await fill(opened.user, screen.getByLabelText('Repeat backup passphrase'), repeat);
  await opened.user.click(screen.getByRole('button', { name: 'Choose where…' }));
}

async function openPreview(facts: Partial<World> = {}): Promise<OpenWindow> {
  const opened = await openPage('Settings', facts);
  await opened.user.click(await screen.findByRole('button', { name: 'Restore…' }));
  await opened.user.click(await screen.findByRole('button', { name: 'Choose file…' }));
  await screen.findByText('keyhold-2026-11-15.keyhold-backup');
  await fill(opened.user, screen.getByLabelText('Backup passphrase'), strong);
  await opened.user.click(screen.getByRole('button', { name: 'Open backup' }));
  return opened;
}

describe('the backup section', () => {
  it('says when the last backup was saved and warns of keys that are in none', async () => {
    await openPage('Settings', {
      backup: { savedAt: null, newCredentials: 2, copies: 1, newestCopy: '2026-11-24' },
    });
    await screen.findByText('2 credentials in no backup');
    expect(screen.getByText(/None was saved yet/)).toBeDefined();
    expect(screen.getByText(/1 copy, the newest of 24 Nov 2026/)).toBeDefined();
  });

  it('does not warn when every key is in the last one', async () => {
    await openPage('Settings');
    await screen.findByText(/Last saved/);
    expect(screen.queryByText(/in no backup/)).toBeNull();
  });
});

describe('the copies on this computer', () => {
  it('are deleted after a question', async () => {
    const { user, requests } = await openPage('Settings');
    await user.click(await screen.findByRole('button', { name: 'Delete copies…' }));
    expect(requests('backup.removeCopies')).toEqual([]);
    await user.click(await screen.findByRole('button', { name: 'Delete copies' }));
    await screen.findByText('Copies deleted');
    expect(requests('backup.removeCopies')).toHaveLength(1);
    await screen.findByText(/There is none yet/);
    expect(screen.queryByRole('button', { name: 'Delete copies…' })).toBeNull();
  });
});

describe('saving a backup', () => {
  it('asks for a passphrase of its own, and takes none that differs from its repetition', async () => {
    const opened = await openSave();
    await saveWith(opened, strong, 'seven quiet lanterns drifted');
    expect((await screen.findByRole('alert')).textContent).toBe('The two passphrases differ.');
    expect(opened.requests('backup.save')).toEqual([]);
  });

  it('says what was saved and where', async () => {
    const opened = await openSave();
    await saveWith(opened, strong, strong);
    await screen.findByText('2 contexts and 1 credential in keyhold-2026-11-24.keyhold-backup.');
    expect(opened.requests('backup.save')).toEqual([{ passphrase: strong }]);
    await waitFor(() => {
      expect(screen.queryByRole('dialog')).toBeNull();
    });
  });

  it('shows how far it is, and can be cancelled', async () => {
    const opened = await openSave({ hanging: ['backup.save'] });
    await saveWith(opened, strong, strong);
    await screen.findByText('Making a key from the passphrase…');
    act(() => {
      opened.emit('backupProgress', { step: 'credentials', done: 3, total: 12 });
    });
    await screen.findByText('Checking the credentials…');
    const bar = screen.getByRole('progressbar', { name: 'Saving the backup' });
    expect(bar.getAttribute('aria-valuenow')).toBe('3');
    await opened.user.click(screen.getByRole('button', { name: 'Cancel' }));
    expect(opened.requests('backup.cancel')).toHaveLength(1);
  });

  it('puts main’s refusal of the passphrase at its field', async () => {
    const opened = await openSave({ failures: { 'backup.save': { code: 'passphrase_too_weak' } } });
    await saveWith(opened, strong, strong);
    expect((await screen.findByRole('alert')).textContent).toContain('The passphrase is too easy to guess');
  });

  it('keeps the dialog when there was no place to save to', async () => {
    const opened = await openSave({ failures: { 'backup.save': { code: 'storage_failed' } } });
    await saveWith(opened, strong, strong);
    expect((await screen.findByRole('alert')).textContent).toContain('Keyhold could not use its files');
    expect(screen.getByLabelText<HTMLInputElement>('Backup passphrase').value).toBe(strong);
  });
});

describe('restoring a backup', () => {
  it('shows what each context is to the vault, then adds what is new', async () => {
    const opened = await openPreview();
    const table = await screen.findByRole('table', { name: 'Contexts in the backup' });
    const rows = within(table)
      .getAllByRole('row')
      .slice(1)
      .map((row) => row.textContent);
    expect(rows[0]).toContain('Name taken');
    expect(rows[0]).toContain('will be called Staging 2');
    expect(rows[1]).toContain('New');
    expect(rows[2]).toContain('called Acme here, gets 1 credential, 1 credential will be marked revoked');
    expect(rows[3]).toContain('Same');
    expect(
      screen.getByText(/Adds 2 contexts and 4 credentials, and marks 1 credential revoked/),
    ).toBeDefined();
    await opened.user.click(screen.getByRole('button', { name: 'Restore' }));
    await screen.findByText('2 contexts and 4 credentials taken over');
    expect(opened.requests('backup.restore')).toEqual([
      { fileId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string, mode: 'merge' },
    ]);
    await opened.user.click(screen.getByRole('button', { name: 'Done' }));
    expect(opened.requests('backup.close').length).toBeGreaterThan(0);
  });

  it('says what replacing everything loses before it does', async () => {
    const opened = await openPreview();
    await opened.user.click(await screen.findByRole('radio', { name: 'Replace everything' }));
    await screen.findByText('1 context and 2 credentials of this vault are lost');
    expect(screen.getByText(/They are not in the backup: Sandbox/)).toBeDefined();
    expect(opened.requests('backup.restore')).toEqual([]);
    await opened.user.click(screen.getByRole('button', { name: 'Replace everything' }));
    await screen.findByText('4 contexts and 6 credentials taken over');
    expect(opened.requests('backup.restore')).toMatchObject([{ mode: 'replace' }]);
  });

  it('offers nothing to replace in an empty vault', async () => {
    await openPreview({
      backupPreview: samplePreviewOfBackup({
        present: 0,
        leaving: { contexts: 0, credentials: 0, names: [] },
      }),
    });
    await screen.findByText(/Adds 2 contexts/);
    expect(screen.queryByText('Replace everything')).toBeNull();
  });

  it('has nothing to do when nothing is new', async () => {
    await openPreview({
      backupPreview: samplePreviewOfBackup({
        rows: [sampleRow()],
        contexts: 1,
        newContexts: 0,
        newCredentials: 0,
        revokedCredentials: 0,
      }),
    });
    await screen.findByText('Nothing in it is new');
    expect(screen.getByRole('button', { name: 'Restore' }).getAttribute('aria-disabled')).toBe('true');
  });

  it('says how many contexts are not shown', async () => {
    await openPreview({ backupPreview: samplePreviewOfBackup({ contexts: 10_000 }) });
    await screen.findByText('and 9,996 more');
  });

  it.each([
    ['backup_foreign', 'That is not a backup of Keyhold'],
    ['backup_damaged', 'The backup file is damaged'],
    ['backup_newer', 'The backup was saved by a newer Keyhold'],
    ['backup_too_large', 'The file is too large for a backup'],
    ['backup_unreadable', 'The backup cannot be read'],
  ] as const)('explains a file that is refused: %s', async (code, title) => {
    const { user } = await openPage('Settings', { failures: { 'backup.choose': { code } } });
    await user.click(await screen.findByRole('button', { name: 'Restore…' }));
    await user.click(await screen.findByRole('button', { name: 'Choose file…' }));
    expect((await screen.findByRole('alert')).textContent).toContain(title);
    expect(screen.getByRole('button', { name: 'Open backup' }).getAttribute('aria-disabled')).toBe('true');
  });

  it('puts a wrong passphrase at its field and lets it be tried again', async () => {
    const opened = await openPreview({ failures: { 'backup.open': { code: 'backup_wrong_passphrase' } } });
    expect((await screen.findByRole('alert')).textContent).toContain('does not open this backup');
    opened.world.failures = {};
    await opened.user.click(screen.getByRole('button', { name: 'Open backup' }));
    await screen.findByRole('table', { name: 'Contexts in the backup' });
  });
});

describe('a damaged vault', () => {
  const damaged = (): Partial<World> => ({
    vault: { state: 'damaged', retryAfterMs: 0 },
    copies: [
      sampleCopy(),
      sampleCopy({ copy: 'vault-2026-11-20.db', day: '2026-11-20', contexts: 1, credentials: 1 }),
    ],
  });

  it('that something else has changed is said to be so', async () => {
    openWindow({ vault: { state: 'damaged', retryAfterMs: 0, changed: true } });
    expect(
      await screen.findByRole('heading', { name: 'Something has changed the vault file' }),
    ).toBeDefined();
    expect(await screen.findByRole('button', { name: 'Set aside and start anew' })).toBeDefined();
  });

  it('offers its copies, the newest chosen, and goes on with the one that was', async () => {
    const { user, emit, requests } = openWindow(damaged());
    expect(await screen.findByLabelText(/^Copy of 23 Nov 2026/)).toHaveProperty('checked', true);
    await user.click(screen.getByLabelText(/^Copy of 20 Nov 2026/));
    await user.click(screen.getByRole('button', { name: 'Set aside and use this copy' }));
    expect(requests('rescue.useCopy')).toEqual([{ copy: 'vault-2026-11-20.db' }]);
    act(() => {
      emit('vaultChanged');
    });
    await screen.findByRole('heading', { name: 'Unlock your vault' });
  });

  it('is set aside for a new one only after a word was typed', async () => {
    const { user, emit, requests } = openWindow(damaged());
    const button = await screen.findByRole('button', { name: 'Set aside and start anew' });
    expect(button.getAttribute('aria-disabled')).toBe('true');
    await user.type(screen.getByLabelText('Type start anew to confirm'), 'start{enter}');
    expect(requests('rescue.setAside')).toEqual([]);
    await user.type(screen.getByLabelText('Type start anew to confirm'), ' anew');
    await user.click(button);
    expect(requests('rescue.setAside')).toHaveLength(1);
    act(() => {
      emit('vaultChanged');
    });
    await screen.findByRole('heading', { name: 'Create your vault' });
  });

  it('says when no copy passes the checks', async () => {
    openWindow({ vault: { state: 'damaged', retryAfterMs: 0 } });
    await screen.findByText('There is no copy on this computer that passes the checks.');
    expect(screen.queryByRole('radio')).toBeNull();
  });

  it('stays where it is when setting it aside fails', async () => {
    const { user } = openWindow({ ...damaged(), failures: { 'rescue.useCopy': { code: 'copy_gone' } } });
    await user.click(await screen.findByRole('button', { name: 'Set aside and use this copy' }));
    expect((await screen.findByRole('alert')).textContent).toContain('That copy cannot be used');
  });
});

describe('the first start', () => {
  it('leads to the restore of a backup once the vault is made', async () => {
    const { user } = openWindow({ vault: { state: 'missing', retryAfterMs: 0 }, contexts: [] });
    await user.click(await screen.findByRole('button', { name: 'Restore from a backup' }));
    expect(screen.getByText(/Then you choose the backup/)).toBeDefined();
    await fill(user, screen.getByLabelText('Passphrase'), strong);
    await fill(user, screen.getByLabelText('Repeat passphrase'), strong);
    await user.click(screen.getByRole('button', { name: 'Create vault' }));
    await user.click(await screen.findByRole('button', { name: 'I have stored the code' }));
    await screen.findByRole('dialog', { name: 'Restore from a backup' });
    await user.click(screen.getByRole('button', { name: 'Cancel' }));
    await screen.findByRole('heading', { level: 1, name: 'Settings' });
  });

  it('offers copies of a vault whose file is gone', async () => {
    const { user, requests } = openWindow({
      vault: { state: 'missing', retryAfterMs: 0 },
      copies: [sampleCopy()],
    });
    await user.click(await screen.findByRole('button', { name: 'Use a copy of the earlier vault' }));
    await user.click(await screen.findByRole('button', { name: 'Use this copy' }));
    expect(requests('rescue.useCopy')).toEqual([{ copy: 'vault-2026-11-23.db' }]);
  });
});
