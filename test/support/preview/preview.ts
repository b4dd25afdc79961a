import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import type { Browser, Page } from '@playwright/test';
import { build } from 'vite';
import { contentSecurityPolicy } from '../../../main/electron/csp.ts';
import type { scenes } from './scenes.ts';

const root = join(import.meta.dirname, '..', '..', '..');

/** Where the window's pages seem to come from. Nothing listens there: each request is answered from the build. */
const origin = 'http://keyhold.test';
const nonce = 'cHJldmlldy1ub25jZQ==';

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.woff2': 'font/woff2',
};

export interface Preview {
  /** Opens the window with a scene's main process behind it, at a fixed time. */
  open: (browser: Browser, scene: keyof typeof scenes, path?: string) => Promise<PreviewPage>;
  remove: () => Promise<void>;
}

export interface PreviewPage {
  page: Page;
  /** What the page did wrong so far: policy violations, errors, console complaints. */
  faults: readonly string[];
  close: () => Promise<void>;
}

/** The stand-in for the preload bundle and the main process, as one script. */
async function bundleStandIn(): Promise<string> {
  const built = await build({
    configFile: false,
    root,
    logLevel: 'warn',
    build: {
      write: false,
      minify: false,
      lib: { entry: join(import.meta.dirname, 'install.ts'), formats: ['iife'], name: 'keyholdPreview' },
    },
  });
  const [output] = [built].flat();
  const chunk = output !== undefined && 'output' in output ? output.output[0] : undefined;
  if (chunk?.type !== 'chunk') throw new Error('the stand-in did not build');
  return chunk.code;
}

async function watchFaults(page: Page, faults: string[]): Promise<void> {
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') faults.push(message.text());
  });
  await page.exposeFunction('keyholdFault', (text: string) => faults.push(text));
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      const report = `${event.violatedDirective} blocked ${event.blockedURI} ${event.sample}`;
      (window as unknown as { keyholdFault: (text: string) => void }).keyholdFault(report);
    });
  });
}

/** Answers the page's requests as the app's own protocol does: exact files, the policy, a nonce in the page. */
async function serve(page: Page, folder: string): Promise<void> {
  await page.route('**/*', async (route) => {
    const url = new URL(route.request().url());
    if (url.origin !== origin) {
      await route.abort();
      return;
    }
    const path = url.pathname === '/' ? '/index.html' : url.pathname;
    const file = readFileSync(join(folder, path));
    await route.fulfill({
      contentType: contentTypes[extname(path)] ?? 'application/octet-stream',
      headers: { 'content-security-policy': contentSecurityPolicy(nonce) },
      body: extname(path) === '.html' ? file.toString().replaceAll('__CSP_NONCE__', nonce) : file,
    });
  });
}

/** Builds the window as it ships, to look at it without Electron. */
export async function buildPreview(): Promise<Preview> {
  const folder = await mkdtemp(join(tmpdir(), 'keyhold-preview-'));
  const [standIn] = await Promise.all([
    bundleStandIn(),
    build({
      configFile: join(root, 'renderer', 'vite.config.ts'),
      logLevel: 'warn',
      build: { outDir: folder, emptyOutDir: true },
    }),
  ]);
  return {
    open: async (browser, scene, path = '/') => {
      const context = await browser.newContext({
        viewport: { width: 1100, height: 720 },
        reducedMotion: 'reduce',
        locale: 'en-GB',
        timezoneId: 'UTC',
      });
      const page = await context.newPage();
      const faults: string[] = [];
      await page.clock.setFixedTime('2026-11-24T13:55:00Z');
      await watchFaults(page, faults);
      await serve(page, folder);
      await page.addInitScript(`window.keyholdScene = ${JSON.stringify(scene)}`);
      await page.addInitScript(standIn);
      await page.goto(`${origin}${path}`);
      await page.locator('html[data-ready]').waitFor({ state: 'attached' });
      return { page, faults, close: () => context.close() };
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
