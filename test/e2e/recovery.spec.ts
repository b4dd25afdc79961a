import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import jsQR from 'jsqr';
import { PNG } from 'pngjs';
import { filesHolding } from '../support/search-bytes.ts';
import { answerFileDialogs } from './dialogs.ts';
import { expect, passphrase, test } from './fixtures.ts';
import { launchApp, type RunningApp } from './launch.ts';
import { AddContextPage } from './pages/add-context.ts';
import { RecoveryCodePage, SecuritySettings } from './pages/settings.ts';
import { ShellPage } from './pages/shell.ts';
import { VaultScreens } from './pages/vault-screens.ts';
import { inMain } from '../support/in-main.ts';

const better = 'plum anchor velvet lantern';

function codeInPdf(path: string): string {
  const text = execFileSync('pdftotext', ['-layout', path, '-'], { encoding: 'utf8' });
  const found = /[0-9A-Z]{4}(?:-\s*[0-9A-Z]{4}){8}/.exec(text.replaceAll(/-\s*\n\s*/g, '-'));
  return found?.[0] ?? text;
}

function codeInPicture({ data, width, height }: PNG): string {
  return jsQR(new Uint8ClampedArray(data), width, height)?.data ?? 'no QR code';
}

/** Share of dark pixels in the part of the sheet where the code stands as text, right of the QR code. */
function inkOfText({ data, width, height }: PNG): number {
  let dark = 0;
  let all = 0;
  for (let y = Math.floor(height * 0.33); y < height * 0.48; y += 1) {
    for (let x = Math.floor(width * 0.39); x < width * 0.66; x += 1) {
      all += 1;
      if ((data[(y * width + x) * 4] ?? 255) < 128) dark += 1;
    }
  }
  return dark / all;
}

/** Files below a folder that hold the code, in any of the forms in which it could be kept. */
function filesWith(folder: string, code: string): string[] {
  const forms = {
    typed: code,
    plain: code.replaceAll('-', ''),
    base64: Buffer.from(code).toString('base64'),
  };
  return filesHolding(
    folder,
    new Map(Object.entries(forms).map(([name, text]) => [name, Buffer.from(text)])),
  );
}

/**
 * Has the disk take its time with the fonts, so that frames without text are drawn first. It takes the
 * place of the app's own look at requests.
 */
async function slowFonts({ electron }: RunningApp): Promise<void> {
  await inMain(electron, ({ session }) => {
    session.defaultSession.webRequest.onBeforeRequest(({ url }, go) => {
      setTimeout(
        () => {
          go({});
        },
        url.endsWith('.woff2') ? 500 : 0,
      );
    });
  });
}

/** Before there is a vault: main refuses a weak passphrase, whatever the window says. */
async function refusesWeakPassphrases({ window: page }: RunningApp): Promise<void> {
  const answers = await page.evaluate(async () => ({
    weak: await window.keyhold.vault.create({ passphrase: 'password12', keychain: false }),
    short: await window.keyhold.vault.create({ passphrase: 'nine char', keychain: false }),
    strength: await window.keyhold.vault.strength({ passphrase: 'password12' }),
  }));
  expect(answers).toEqual({
    weak: { ok: false, error: { code: 'passphrase_too_weak', details: { hint: 'common' } } },
    short: { ok: false, error: { code: 'passphrase_too_short', details: { minLength: 10 } } },
    strength: { ok: true, value: { score: 1, hint: 'common' } },
  });
  await new VaultScreens(page).passphrase.fill('password12');
  await expect(page.getByRole('meter', { name: 'Strength' })).toHaveAttribute('aria-valuetext', 'Weak');
}

test('a vault is made with a good passphrase only; its recovery code is saved as PDF and picture, and opens it when the passphrase is forgotten', async ({
  home,
}) => {
  const pdf = join(home.folder, 'sheet.pdf');
  const png = join(home.folder, 'sheet.png');
  const app = await launchApp(home);
  const screens = new VaultScreens(app.window);
  await refusesWeakPassphrases(app);
  await screens.createUpToCode(passphrase);
  const page = new RecoveryCodePage(app.window);
  await answerFileDialogs(app, pdf);
  await slowFonts(app);
  await page.press('Save PDF');
  await app.window.getByText('PDF saved.').waitFor();
  await answerFileDialogs(app, png);
  await page.press('Save picture');
  await app.window.getByText('Picture saved.').waitFor();
  const code = await page.reveal();
  expect(codeInPdf(pdf)).toBe(code);
  const picture = PNG.sync.read(readFileSync(png));
  expect(codeInPicture(picture)).toBe(code);
  expect(inkOfText(picture)).toBeGreaterThan(0.05);
  for (const file of [pdf, png]) expect(statSync(file).mode & 0o777).toBe(0o600);
  // A PDF keeps its text compressed, a picture in pixels: neither is found, and nothing else may be.
  expect(filesWith(home.folder, code)).toEqual([]);
  expect(await inMain(app.electron, ({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
  await page.stored();
  await screens.whenOpen();

  await new ShellPage(app.window).lock();
  await screens.whenLocked();
  const typo = code.startsWith('0') ? `1${code.slice(1)}` : `0${code.slice(1)}`;
  await screens.tryRecover(typo, better);
  await expect(app.window.getByRole('alert')).toContainText('typing mistake');
  await app.window.getByRole('textbox', { name: 'Recovery code' }).fill(codeInPdf(pdf).toLowerCase());
  await app.window.getByRole('button', { name: 'Open vault and set passphrase' }).click();
  await screens.whenOpen();
  await new ShellPage(app.window).lock();
  await screens.tryUnlock(passphrase);
  await expect(app.window.getByText('Wrong passphrase. Try again.')).toBeVisible();
  await screens.unlock(better);
  await app.electron.close();
});

test('passphrase change, re-key and a new code: the key still signs, and only the new ones open', async ({
  app,
  server,
}) => {
  const screens = new VaultScreens(app.window);
  await screens.unlock(passphrase);
  const maya = server.user('maya');
  await new AddContextPage(app.window).add({
    address: server.origin,
    userId: maya.id,
    name: 'acme',
    setUpPodman: false,
  });
  const signs = async (): Promise<void> => {
    const token = await app.window.evaluate(async () => {
      const contexts = await window.keyhold.contexts.list();
      const contextId = contexts.ok ? (contexts.value[0]?.id ?? '') : '';
      return window.keyhold.signin.renew({ contextId });
    });
    expect(token).toMatchObject({ ok: true });
  };
  await signs();

  const shell = new ShellPage(app.window);
  const security = new SecuritySettings(app.window);
  await shell.open('Settings');
  await security.changePassphrase(passphrase, better);
  const code = await security.makeCode(better);
  const old = await code.reveal();
  await code.stored();
  await security.rekey(better);
  const fresh = await code.reveal();
  expect(fresh).not.toBe(old);
  await code.stored();
  await signs();
  await shell.open('Activity');
  await app.window.getByRole('button', { name: 'Verify log' }).click();
  await app.window.getByText('The log is intact').waitFor();

  await shell.lock();
  await screens.whenLocked();
  await screens.tryUnlock(passphrase);
  await expect(app.window.getByText('Wrong passphrase. Try again.')).toBeVisible();
  await screens.tryRecover(old, passphrase);
  await expect(app.window.getByRole('alert')).toContainText('does not open this vault');
  await app.window.getByRole('textbox', { name: 'Recovery code' }).fill(fresh);
  await app.window.getByRole('button', { name: 'Open vault and set passphrase' }).click();
  await screens.whenOpen();
  await signs();
});
