import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '../e2e/fixtures.ts';
import { inMain } from '../support/in-main.ts';

/** Loads an image, a frame, a script or a request and says how it ended. */
type Attempt = 'loaded' | 'refused';

test.describe('own scheme', () => {
  test('serves the page from app://keyhold with the policy on the response', async ({ sharedApp: app }) => {
    expect(app.window.url()).toBe('app://keyhold/');
    const policy = await inMain(app.electron, async ({ session }) => {
      const response = await session.defaultSession.fetch('app://keyhold/');
      return response.headers.get('content-security-policy');
    });
    expect(policy).toMatch(
      /^default-src 'none'; script-src 'self'; style-src 'self' 'nonce-[A-Za-z0-9+/]{22}=='/,
    );
    expect(policy).toContain(`connect-src 'none'`);
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
  });

  test('has the unlock screen in the first page only', async ({ sharedApp: app }) => {
    // Whoever loads the page again may have an open vault.
    const again = await inMain(app.electron, async ({ session }) => {
      return await (await session.defaultSession.fetch('app://keyhold/')).text();
    });
    expect(await app.window.locator('template').count()).toBe(1);
    expect(again).toContain('src="/index.js"');
    expect(again).not.toContain('<form');
  });

  test('gives each load a nonce of its own', async ({ sharedApp: app }) => {
    const pages = await inMain(app.electron, async ({ session }) => {
      const load = async (): Promise<string> =>
        await (await session.defaultSession.fetch('app://keyhold/')).text();
      return [await load(), await load()];
    });
    const nonces = pages.map((page) => /nonce="([^"]+)"/.exec(page)?.[1]);
    expect(nonces[0]).toBeTruthy();
    expect(nonces[0]).not.toBe(nonces[1]);
    expect(pages[0]).not.toContain('__CSP_NONCE__');
  });

  for (const path of [
    '/../main/index.cjs',
    '/..%2f..%2fpackage.json',
    '/%2e%2e/main/index.cjs',
    '/assets/../../main/index.cjs',
    '/assets',
    '/index.html/',
    '//etc/passwd',
    '/missing.js',
  ]) {
    test(`answers 404 for ${path}`, async ({ sharedApp: app }) => {
      const status = await inMain(
        app.electron,
        async ({ session }, name) => {
          return (await session.defaultSession.fetch(`app://keyhold${name}`)).status;
        },
        path,
      );
      expect(status).toBe(404);
    });
  }

  test('answers 404 on any other host of the scheme', async ({ sharedApp: app }) => {
    const status = await inMain(app.electron, async ({ session }) => {
      return (await session.defaultSession.fetch('app://other/')).status;
    });
    expect(status).toBe(404);
  });
});

test.describe('content security policy', () => {
  test('an injected inline script does not run', async ({ sharedApp: app }) => {
    const ran = await app.window.evaluate(() => {
      const script = document.createElement('script');
      script.textContent = 'document.documentElement.dataset.injected = "yes"';
      document.body.append(script);
      return document.documentElement.dataset['injected'] ?? 'no';
    });
    expect(ran).toBe('no');
  });

  test('an injected style without the nonce has no effect', async ({ sharedApp: app }) => {
    const color = await app.window.evaluate(() => {
      const style = document.createElement('style');
      style.textContent = 'body { color: rgb(1, 2, 3) !important }';
      document.head.append(style);
      return getComputedStyle(document.body).color;
    });
    expect(color).not.toBe('rgb(1, 2, 3)');
  });

  test('text is never run as code', async ({ sharedApp: app }) => {
    const outcome = await app.window.evaluate(() => {
      return new Promise<string>((resolve) => {
        document.addEventListener('securitypolicyviolation', (event) => {
          resolve(event.effectiveDirective);
        });
        const button = document.createElement('button');
        button.setAttribute('onclick', 'document.documentElement.dataset.injected = "yes"');
        document.body.append(button);
        button.click();
      });
    });
    expect(outcome).toBe('script-src-attr');
    expect(await app.window.evaluate(() => document.documentElement.dataset['injected'])).toBeUndefined();
  });
});

test('the window reaches no network, not even this machine', async ({ sharedApp: app }) => {
  let hits = 0;
  const listener = createServer((_request, response) => {
    hits += 1;
    response.setHeader('access-control-allow-origin', '*').end('reached');
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${String((listener.address() as AddressInfo).port)}/`;
  const attempts = await app.window.evaluate(async (url): Promise<Record<string, Attempt>> => {
    const byElement = (element: HTMLImageElement | HTMLScriptElement | HTMLIFrameElement): Promise<Attempt> =>
      new Promise((resolve) => {
        document.addEventListener('securitypolicyviolation', () => {
          resolve('refused');
        });
        element.addEventListener('load', () => {
          resolve('loaded');
        });
        element.addEventListener('error', () => {
          resolve('refused');
        });
        element.src = url;
        document.body.append(element);
      });
    return {
      fetch: await fetch(url).then(
        () => 'loaded' as const,
        () => 'refused' as const,
      ),
      image: await byElement(document.createElement('img')),
      script: await byElement(document.createElement('script')),
      frame: await byElement(document.createElement('iframe')),
    };
  }, address);
  expect(attempts).toEqual({ fetch: 'refused', image: 'refused', script: 'refused', frame: 'refused' });

  // The same without the policy in the way: the session itself cancels the request.
  const bySession = await inMain(
    app.electron,
    async ({ session }, url) => {
      try {
        await session.defaultSession.fetch(url);
        return 'loaded';
      } catch {
        return 'refused';
      }
    },
    address,
  );
  expect(bySession).toBe('refused');
  listener.close();
  expect(hits).toBe(0);
});

test.describe('navigation', () => {
  for (const target of [
    'https://example.org/',
    'http://127.0.0.1:1/',
    'file:///etc/passwd',
    'data:text/html,<h1>hello</h1>',
    'javascript:void(document.documentElement.dataset.injected="yes")',
    'app://other/',
  ]) {
    test(`to ${target} is refused`, async ({ sharedApp: app }) => {
      await app.window.evaluate((url) => {
        const link = document.createElement('a');
        link.href = url;
        link.textContent = 'leave';
        document.body.append(link);
        link.click();
      }, target);
      // A round trip through the page: had it navigated, this would run in the new document.
      expect(await app.window.evaluate(() => location.href)).toBe('app://keyhold/');
      expect(await app.window.evaluate(() => 'keyhold' in window)).toBe(true);
      expect(await app.window.evaluate(() => document.documentElement.dataset['injected'])).toBeUndefined();
    });
  }

  test('window.open and target=_blank open nothing', async ({ sharedApp: app }) => {
    const opened = await app.window.evaluate(() => {
      const link = document.createElement('a');
      link.href = 'https://example.org/';
      link.target = '_blank';
      document.body.append(link);
      link.click();
      return window.open('https://example.org/') === null && window.open('about:blank') === null;
    });
    expect(opened).toBe(true);
    expect(app.electron.windows()).toHaveLength(1);
  });

  test('a form cannot be sent anywhere', async ({ sharedApp: app }) => {
    await app.window.evaluate(() => {
      const form = document.createElement('form');
      form.action = 'https://example.org/';
      document.body.append(form);
      form.submit();
    });
    expect(await app.window.evaluate(() => location.href)).toBe('app://keyhold/');
  });
});

test('every permission is refused', async ({ sharedApp: app }) => {
  const states = await app.window.evaluate(async () => {
    const names = ['geolocation', 'notifications', 'camera', 'microphone', 'clipboard-read', 'midi'];
    const answers: string[] = [];
    for (const name of names) {
      answers.push((await navigator.permissions.query({ name: name as PermissionName })).state);
    }
    const camera = await navigator.mediaDevices.getUserMedia({ video: true }).then(
      () => 'granted',
      (error: unknown) => (error instanceof Error ? error.name : 'unknown'),
    );
    return { answers, notification: await Notification.requestPermission(), camera };
  });
  expect(new Set(states.answers)).toEqual(new Set(['denied']));
  expect(states.notification).toBe('denied');
  expect(states.camera).toMatch(/NotAllowedError|NotFoundError/);
});

test('the page has neither Node nor Electron', async ({ sharedApp: app }) => {
  const found = await app.window.evaluate(() =>
    ['require', 'process', 'module', 'Buffer', 'global', 'electron', 'ipcRenderer'].filter(
      (name) => name in window,
    ),
  );
  expect(found).toEqual([]);
});

test('the window is opened with the safe preferences', async ({ sharedApp: app }) => {
  const preferences = await inMain(app.electron, ({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents as unknown as {
      getLastWebPreferences(): Record<string, unknown>;
    };
    return contents.getLastWebPreferences();
  });
  expect(preferences).toMatchObject({
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    webSecurity: true,
    webviewTag: false,
  });
});
