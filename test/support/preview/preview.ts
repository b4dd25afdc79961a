import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import type { Browser, BrowserContext, Page, ViewportSize } from '@playwright/test';
import { build } from 'vite';
import { contentSecurityPolicy } from '../../../main/electron/csp.ts';
import type { scenes } from './scenes.ts';

const root = join(import.meta.dirname, '..', '..', '..');

const renderer = join(root, 'out', 'renderer');
const nonce = 'cHJldmlldy1ub25jZQ==';

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.woff2': 'font/woff2',
};

/** The built window in a browser, one scene after the other. */
export interface Preview {
  /**
   * Shows the window with a scene's main process behind it, as if just opened, at a fixed time, in light colours.
   *
   * @param path - of another of the window's pages
   * @returns the page, and what it does wrong from then on: policy violations, errors, console complaints
   */
  show: (
    scene: keyof typeof scenes,
    size: ViewportSize,
    path?: string,
  ) => Promise<{ page: Page; faults: readonly string[] }>;
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

const standInPath = '/stand-in.js';

/** Answers as the app's own protocol does: exact files, the policy, a nonce in the page. */
async function serve(standIn: string): Promise<{ server: Server; origin: string }> {
  const server = createServer(({ url = '/' }, response) => {
    const { pathname } = new URL(url, 'http://localhost');
    const file = join(renderer, pathname === '/' ? 'index.html' : pathname);
    const isPage = extname(file) === '.html';
    response.setHeader('content-type', contentTypes[extname(file)] ?? 'application/octet-stream');
    response.setHeader('content-security-policy', contentSecurityPolicy(nonce));
    // Files of the build have a hash in their name; Chromium then keeps their compiled form as well.
    response.setHeader('cache-control', isPage ? 'no-store' : 'max-age=3600, immutable');
    // Browsers ask each server for it.
    if (pathname === '/favicon.ico') return response.writeHead(204).end();
    if (pathname === standInPath) return response.end(standIn);
    try {
      const content = readFileSync(file);
      return response.end(isPage ? pageWith(content.toString(), standInPath) : content);
    } catch {
      return response.writeHead(404).end();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, origin: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}` };
}

/** A page of the build, with a script that runs before its own. */
function pageWith(html: string, script: string): string {
  return html.replaceAll('__CSP_NONCE__', nonce).replace('<head>', `<head><script src="${script}"></script>`);
}

async function watchFaults(page: Page, report: (fault: string) => void): Promise<void> {
  page.on('pageerror', ({ message }) => {
    report(message);
  });
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') report(message.text());
  });
  await page.exposeFunction('keyholdFault', report);
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      const text = `${event.violatedDirective} blocked ${event.blockedURI} ${event.sample}`;
      (window as unknown as { keyholdFault: (text: string) => void }).keyholdFault(text);
    });
  });
}

/** A page of the window, at a fixed time. What it does wrong goes to the list that `begin` gave last. */
async function openPage(context: BrowserContext): Promise<{ page: Page; begin: () => readonly string[] }> {
  const page = await context.newPage();
  let faults: string[] = [];
  await page.clock.setFixedTime('2026-11-24T13:55:00Z');
  await watchFaults(page, (fault) => faults.push(fault));
  await page.addInitScript(() => {
    localStorage.clear();
  });
  // A list of each scene's own: the one before may still complain on its way out.
  return { page, begin: () => (faults = []) };
}

async function prepare(page: Page, size: ViewportSize): Promise<void> {
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize(size);
  await page.mouse.move(0, 0);
}

/** In the page: see install.ts. */
function reopen(scene: string): Promise<boolean> {
  return (window as unknown as { keyholdReopen: (scene: string) => Promise<boolean> }).keyholdReopen(scene);
}

/** Opens the window as it ships (build it first) to look at it without Electron. */
export async function openPreview(browser: Browser): Promise<Preview> {
  const { server, origin } = await serve(await bundleStandIn());
  const context = await browser.newContext({
    reducedMotion: 'reduce',
    locale: 'en-GB',
    timezoneId: 'UTC',
  });
  const [kept, renewed] = [await openPage(context), await openPage(context)];
  // With the code of all pages, which it fetches while nothing else is to do.
  await kept.page.goto(`${origin}/?scene=active`, { waitUntil: 'networkidle' });
  return {
    show: async (scene, size, path) => {
      if (path === undefined) {
        await prepare(kept.page, size);
        const faults = kept.begin();
        if (await kept.page.evaluate(reopen, scene)) return { page: kept.page, faults };
      }
      const { page, begin } = renewed;
      await prepare(page, size);
      const faults = begin();
      await page.goto(`${origin}${path ?? '/'}?scene=${scene}`, { waitUntil: 'commit' });
      await page.locator('html[data-ready]').waitFor({ state: 'attached' });
      return { page, faults };
    },
    close: async () => {
      await context.close();
      server.close();
    },
  };
}
