import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { answerFileDialogs } from '../e2e/dialogs.ts';
import { expect, passphrase, test } from '../e2e/fixtures.ts';
import type { Home, RunningApp } from '../e2e/launch.ts';
import { SecuritySettings } from '../e2e/pages/settings.ts';
import { ShellPage } from '../e2e/pages/shell.ts';
import { inMain } from '../support/in-main.ts';

interface Printed {
  url: string;
  preferences: Record<string, unknown>;
  silent: boolean;
  /** What the same address answers a second time, and one that was guessed. */
  again: number;
  guessed: number;
  /** Whether the page's own scripts can run. */
  ran: string;
}

/**
 * The print dialog is the system's and cannot be driven from here: `print` is put in its place, and looks at the page
 * that it was to print. It answers what Electron would.
 */
async function answerPrintDialog(app: RunningApp, success: boolean, reason: string): Promise<void> {
  await inMain(
    app.electron,
    ({ BrowserWindow, session }, answer) => {
      type Done = (success: boolean, reason: string) => void;
      interface Sheet {
        getURL(): string;
        getLastWebPreferences(): Record<string, unknown>;
        executeJavaScript(code: string): Promise<unknown>;
      }
      const contents = BrowserWindow.getAllWindows()[0]?.webContents;
      if (contents === undefined) throw new Error('no window');
      const prototype = Object.getPrototypeOf(contents) as { print: unknown };
      prototype.print = function print(this: Sheet, { silent }: { silent: boolean }, done: Done): void {
        const status = async (url: string): Promise<number> =>
          (await session.defaultSession.fetch(url)).status;
        const look = async (): Promise<void> => {
          const url = this.getURL();
          const printed = {
            url,
            silent,
            preferences: this.getLastWebPreferences(),
            again: await status(url),
            guessed: await status(url.replace(/.$/, (last) => (last === '0' ? '1' : '0'))),
            ran: await this.executeJavaScript('"ran"').then(String, () => 'refused'),
          };
          Object.assign(globalThis, { printed });
          done(answer.success, answer.reason);
        };
        void look();
      };
    },
    { success, reason },
  );
}

/** The files of a person's home, but for those of the app's own folder, where Chromium's come and go. */
function homeFiles({ folder, dataFolder }: Home): string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true });
  return files
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.startsWith(dataFolder));
}

// That a code which nobody stored is removed is seen in test/e2e/vault.spec.ts.
test('a recovery code is on a page that runs nothing and is served once', async ({ unlocked: app }) => {
  const { home } = app;
  await new ShellPage(app.window).open('Settings');
  const security = new SecuritySettings(app.window);
  const page = await security.makeCode(passphrase);

  await test.step('a save that is cancelled saves nothing', async () => {
    const before = homeFiles(home);
    await answerFileDialogs(app, null);
    await page.press('Save PDF');
    await expect(app.window.getByRole('button', { name: 'Save PDF' })).not.toHaveAttribute('aria-busy');
    await expect(app.window.getByText('PDF saved.')).toHaveCount(0);
    expect(homeFiles(home)).toEqual(before);
  });

  await answerPrintDialog(app, true, '');
  await page.press('Print');
  await app.window.getByText('Sent to the printer.').waitFor();
  const printed = await inMain(app.electron, () => (globalThis as unknown as { printed: Printed }).printed);
  expect(printed.url).toMatch(/^app:\/\/keyhold\/recovery-sheet\/[0-9a-f]{32}$/);
  expect(printed).toMatchObject({ silent: false, again: 404, guessed: 404, ran: 'refused' });
  expect(printed.preferences).toMatchObject({
    javascript: false,
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
  });
  expect(printed.preferences['preload'] ?? '').toBe('');
  expect(await inMain(app.electron, ({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);

  await answerPrintDialog(app, false, 'Print job canceled');
  await page.press('Print');
  await expect(app.window.getByRole('button', { name: 'Print' })).not.toHaveAttribute('aria-busy');
  await expect(app.window.getByText('Sent to the printer.')).toHaveCount(0);
  await answerPrintDialog(app, false, 'Invalid printer settings');
  await page.press('Print');
  await expect(app.window.getByRole('alert')).toContainText('The recovery sheet was not made');
  await page.stored();
  await app.window.evaluate(() => window.keyhold.slots.remove({ kind: 'recovery' }));
});

test('a code is shown once, and no call gets it after that, after a lock, or by another id', async ({
  unlocked: app,
}) => {
  const made = await app.window.evaluate(
    (text) => window.keyhold.slots.makeRecoveryCode({ passphrase: text }),
    passphrase,
  );
  const codeId = made.ok ? made.value.codeId : '';
  const reveal = (id: string): Promise<unknown> =>
    app.window.evaluate((wanted) => window.keyhold.slots.revealCode({ codeId: wanted }), id);
  const gone = { ok: false, error: { code: 'recovery_code_gone' } };
  expect(await reveal('00000000-0000-4000-8000-000000000000')).toEqual(gone);
  expect(await reveal(codeId)).toMatchObject({ ok: true });
  expect(await reveal(codeId)).toEqual(gone);
  const answers = await app.window.evaluate(
    async ({ id, text }) => {
      await window.keyhold.vault.lock({ by: 'click' });
      const locked = await window.keyhold.slots.revealCode({ codeId: id });
      await window.keyhold.vault.unlock({ passphrase: text });
      return { locked, copied: await window.keyhold.slots.copyCode({ codeId: id }) };
    },
    { id: codeId, text: passphrase },
  );
  expect(answers).toEqual({ locked: { ok: false, error: { code: 'vault_locked' } }, copied: gone });
});

test('the passphrase’s slot cannot be removed, nor a file chosen by the window', async ({
  unlocked: app,
}) => {
  const answers = await app.window.evaluate(
    async (path) => {
      const slots = window.keyhold.slots as unknown as Record<string, (request: unknown) => Promise<unknown>>;
      const codeId = '00000000-0000-4000-8000-000000000000';
      return [
        await slots['remove']?.({ kind: 'passphrase' }),
        await slots['saveCode']?.({ codeId, form: 'pdf', path }),
        await slots['saveCode']?.({ codeId, form: 'html' }),
      ];
    },
    join(app.home.folder, 'anywhere.pdf'),
  );
  for (const answer of answers)
    expect(answer).toMatchObject({ ok: false, error: { code: 'invalid_request' } });
});
