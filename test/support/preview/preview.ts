import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import type { Browser, Page, ViewportSize } from '@playwright/test';
import { build } from 'vite';
import { contentSecurityPolicy } from '../../../main/electron/csp.ts';
import { axePath } from '../accessibility.ts';
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

/** The built window in a browser, one scene after the other in one page: a new page for each costs twice as much. */
export interface Preview {
  page: Page;
  /**
   * Starts the window anew with a scene's main process behind it, at a fixed time, in light colours.
   *
   * @param path - of the window's page
   * @returns what the page does wrong from then on: policy violations, errors, console complaints
   */
  show: (scene: keyof typeof scenes, size: ViewportSize, path?: string) => Promise<readonly string[]>;
  /** Has the page load what `accessibilityProblems` uses. */
  loadAxe: () => Promise<void>;
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

/**
 * Scripts beside the window's own. As files they are compiled once; handed to the page by Playwright, a megabyte of them
 * would be compiled anew for each screen.
 */
const standInPath = '/stand-in.js';
const axeUrl = '/axe.js';

/** Answers as the app's own protocol does: exact files, the policy, a nonce in the page. */
async function serve(standIn: string): Promise<{ server: Server; origin: string }> {
  const server = createServer(({ url = '/' }, response) => {
    const { pathname } = new URL(url, 'http://localhost');
    const file = pathname === axeUrl ? axePath : join(renderer, pathname === '/' ? 'index.html' : pathname);
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

/** Opens the window as it ships (build it first) to look at it without Electron. */
export async function openPreview(browser: Browser): Promise<Preview> {
  const { server, origin } = await serve(await bundleStandIn());
  const context = await browser.newContext({
    reducedMotion: 'reduce',
    locale: 'en-GB',
    timezoneId: 'UTC',
  });
  const page = await context.newPage();
  let faults: string[] = [];
  await page.clock.setFixedTime('2026-11-24T13:55:00Z');
  await watchFaults(page, (fault) => faults.push(fault));
  await page.addInitScript(() => {
    localStorage.clear();
  });
  return {
    page,
    show: async (scene, size, path = '/') => {
      await page.emulateMedia({ colorScheme: 'light' });
      await page.setViewportSize(size);
      await page.mouse.move(0, 0);
      // A list of this scene's own: the page before may still complain on its way out.
      const ofScene: string[] = [];
      faults = ofScene;
      await page.goto(`${origin}${path}?scene=${scene}`, { waitUntil: 'commit' });
      await page.locator('html[data-ready]').waitFor({ state: 'attached' });
      return ofScene;
    },
    loadAxe: async () => {
      // Not `addScriptTag`: for the element that it gives back, Playwright would load its own scripts into the page.
      await page.evaluate(
        (src) =>
          new Promise((onload, onerror) => {
            document.head.append(Object.assign(document.createElement('script'), { src, onload, onerror }));
          }),
        axeUrl,
      );
    },
    close: async () => {
      await context.close();
      server.close();
    },
  };
}
