import { createServer, type Server } from 'node:http';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { requireFallback } from '../../../scripts/setup/electron.mjs';
import { bindingFolder, fallbackFolder } from '../../../scripts/setup/fallback-recipe.mjs';
import { officialUnreachable } from '../../../scripts/setup/official-electron.mjs';
import { checkout } from '../../../scripts/setup/paths.mjs';
import { electronRuntime, sandboxArgs, withDisplay } from '../../../scripts/setup/runtime.mjs';
import { temporaryFolder, writeFiles } from './setup-folders.ts';

const PACKAGES = {
  'node_modules/electron/package.json': { version: '45.4.1' },
  'node_modules/better-sqlite3/package.json': { version: '13.2.0' },
};
const OFFICIAL = {
  'node_modules/electron/dist/version': '45.4.1',
  'node_modules/electron/dist/electron': '',
  'node_modules/electron/path.txt': 'electron',
};

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('electronRuntime', () => {
  function checkoutWith(files: Readonly<Record<string, unknown>>): string {
    const root = temporaryFolder();
    writeFiles(root, { ...PACKAGES, ...files });
    return root;
  }
  function cacheWithFallback(): string {
    const cache = temporaryFolder();
    writeFiles(fallbackFolder(cache), { electron: '' });
    writeFiles(bindingFolder(cache, '13.2.0'), { 'better_sqlite3.node': '' });
    return cache;
  }

  it('is the official one where its installer was at work', () => {
    expect(electronRuntime(checkoutWith(OFFICIAL), cacheWithFallback())).toMatchObject({
      kind: 'official',
      version: '45.4.1',
      nativeBinding: null,
    });
  });

  it.each([
    ['of another version', { 'node_modules/electron/dist/version': 'v45.4.0' }],
    ['whose installation was killed', { 'node_modules/electron/path.txt': 'missing' }],
  ])('is the fallback beside an official one %s', (_, change) => {
    const cache = cacheWithFallback();
    const runtime = electronRuntime(checkoutWith({ ...OFFICIAL, ...change }), cache);
    expect(runtime.kind).toBe('fallback');
    expect(runtime.executable.startsWith(fallbackFolder(cache))).toBe(true);
    expect(runtime.nativeBinding?.startsWith(bindingFolder(cache, '13.2.0'))).toBe(true);
  });

  it('is not half a fallback, and says what to run', () => {
    const cache = temporaryFolder();
    writeFiles(fallbackFolder(cache), { electron: '' });
    expect(() => electronRuntime(checkoutWith({}), cache)).toThrow('node scripts/setup.mjs --for start');
  });

  it('says what to run in a fresh checkout', () => {
    expect(() => electronRuntime(temporaryFolder(), temporaryFolder())).toThrow('node scripts/setup.mjs');
  });
});

describe('withDisplay', () => {
  it('leaves a command alone where windows can be shown', () => {
    vi.stubEnv('DISPLAY', ':0');
    expect(withDisplay('electron', ['.'])).toEqual({ command: 'electron', args: ['.'] });
  });

  it.runIf(process.platform === 'linux')('wraps it where there is no display (Linux only)', () => {
    vi.stubEnv('DISPLAY', '');
    vi.stubEnv('WAYLAND_DISPLAY', '');
    const { command, args } = withDisplay('electron', ['.']);
    expect(command).toBe('xvfb-run');
    expect(args[0]).toBe('-a');
    expect(args.slice(-2)).toEqual(['electron', '.']);
  });
});

describe('sandboxArgs', () => {
  it('turn the sandbox off for root on Linux only', () => {
    const isRoot = process.platform === 'linux' && process.getuid?.() === 0;
    expect(sandboxArgs()).toEqual(isRoot ? ['--no-sandbox'] : []);
  });
});

describe('where Electron comes from', () => {
  async function mirror(status: number): Promise<{ address: string; server: Server }> {
    const server = createServer((_, response) => {
      response.writeHead(status).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the mirror has no port');
    return { address: `http://127.0.0.1:${address.port}/`, server };
  }
  function settings(address: string): NodeJS.ProcessEnv {
    return { ...process.env, ELECTRON_MIRROR: address, electron_config_cache: temporaryFolder() };
  }

  it('is its installer, when the place that is set for it has the file', async () => {
    const { address } = await mirror(200);
    expect(await officialUnreachable(checkout, settings(address))).toBe(null);
  });

  it('is not its installer when that place does not have it', async () => {
    const { address } = await mirror(403);
    expect(await officialUnreachable(checkout, settings(address))).toMatch(/^127\.0\.0\.1:\d+ answered 403$/);
  });

  it('is not its installer when nobody answers there', async () => {
    const { address, server } = await mirror(200);
    server.close();
    expect(await officialUnreachable(checkout, settings(address))).toMatch(
      /does not answer \(.*ECONNREFUSED/,
    );
  });

  it('is the fallback on linux-x64, and nothing elsewhere', () => {
    expect(() => {
      requireFallback('No network.', 'linux-x64');
    }).not.toThrow();
    expect(() => {
      requireFallback('No network.', 'darwin-arm64');
    }).toThrow('No network. There is no replacement for it on darwin-arm64.');
  });
});
