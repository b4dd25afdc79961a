import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { protocol, type Session } from 'electron';
import { appOrigin } from '../../contracts/ipc/channels.ts';
import { contentSecurityPolicy } from './csp.ts';
import type { OneTimePages } from './one-time-pages.ts';

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

/** The window's own script. All that it needs is fetched beside it, but nothing runs without it. */
const windowScript = '/index.js';

const noncePlaceholder = '__CSP_NONCE__';

/** Must run before the app is ready. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: appOrigin.scheme, privileges: { standard: true, secure: true, codeCache: true } },
  ]);
}

/**
 * Lists the files of the built window by the exact path under which each is served. Requests are looked up
 * here and never joined to a folder, so no request can name a file that the build did not make.
 */
function servableFiles(folder: string): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || contentTypes[extname(entry.name)] === undefined) continue;
    const file = join(entry.parentPath, entry.name);
    files.set(`/${relative(folder, file).split(sep).join('/')}`, file);
  }
  return files;
}

function respond(
  status: number,
  type: string,
  body: ConstructorParameters<typeof Response>[0],
  nonce: string,
): Response {
  return new Response(body, {
    status,
    headers: {
      'content-type': type,
      'content-security-policy': contentSecurityPolicy(nonce),
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    },
  });
}

interface Served {
  /** Settles once the session has no way to the network: no page is served before. */
  closed: Promise<unknown>;
  /** Loads the services. Called when the window asks for its script, which is served once they answer calls. */
  ready: () => Promise<unknown>;
  /** Whether the first page that is asked for is the one that has the unlock screen in it. */
  unlockFirst: boolean;
  /** Pages that main makes for windows of its own. */
  pages: OneTimePages;
}

/**
 * Serves the window's files on the session. Where there is a vault, the first page is shown while the services are
 * still on the way: the field that takes the passphrase stands in it.
 */
export function serveApp(
  session: Session,
  folder: string,
  { closed, ready, unlockFirst, pages }: Served,
): void {
  const files = servableFiles(folder);
  let first = unlockFirst;
  const mainPage = (): string => {
    const page = first ? '/unlock.html' : '/index.html';
    first = false;
    return page;
  };
  session.protocol.handle(appOrigin.scheme, async (request) => {
    const nonce = randomBytes(16).toString('base64');
    const url = new URL(request.url);
    const path = url.pathname === '/' ? mainPage() : url.pathname;
    const ours = url.host === appOrigin.host && request.method === 'GET';
    const page = ours ? pages.take(path) : undefined;
    if (page !== undefined) return respond(200, contentTypes['.html'] ?? '', page(nonce), nonce);
    const file = ours ? files.get(path) : undefined;
    if (file === undefined) return respond(404, 'text/plain; charset=utf-8', 'Not found', nonce);
    const type = contentTypes[extname(file)] ?? 'application/octet-stream';
    await (path === windowScript ? ready() : closed);
    if (extname(file) !== '.html') return respond(200, type, readFileSync(file), nonce);
    return respond(200, type, readFileSync(file, 'utf8').replaceAll(noncePlaceholder, nonce), nonce);
  });
}
