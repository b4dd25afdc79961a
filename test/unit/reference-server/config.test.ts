import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { BlockList } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigError } from '../../../reference-server/config/config-error.ts';
import { loadSettings } from '../../../reference-server/config/config.ts';

let folder: string;
/** A file that can be read where the settings name a certificate or a key. */
const pem = import.meta.filename;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'keyhold-config-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function configFile(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

describe('settings', () => {
  it('are loopback, port 8970 and memory without anything said', () => {
    expect(loadSettings([], {})).toEqual({
      name: 'Keyhold reference server',
      host: '127.0.0.1',
      port: 8970,
      dataDir: ':memory:',
      kisenon: { providers: [], allowlist: null, approval: 'none', operators: [] },
      artifactKeeper: {
        ...{ jwtSecret: null, accessSeconds: 900, refreshSeconds: 604_800 },
        ...{ auditFile: null, oidc: null, ldap: null, signIns: { failures: 5, windowSeconds: 300 } },
      },
      keeper: { auth: null, allowAnonymous: false },
      mail: null,
      origin: undefined,
      tls: undefined,
      logLevel: 'info',
      orgStorage: 50 * 1024 ** 3,
      trustedProxies: new BlockList(),
      seed: undefined,
      dialects: ['keyhold', 'kisenon', 'artifact-keeper', 'tkeeper'],
    });
  });

  it('name the APIs that are served, by the flag or in the file', () => {
    const file = configFile('dialects.yaml', 'dialects: [keyhold]');
    expect(loadSettings(['--config', file], {})).toMatchObject({ dialects: ['keyhold'] });
    const flag = ['--config', file, '--dialects', 'artifact-keeper,kisenon'];
    expect(loadSettings(flag, {})).toMatchObject({ dialects: ['artifact-keeper', 'kisenon'] });
    for (const wrong of ['', 'TKeeper', 'keyhold,', 'Keyhold', 'keyhold kisenon']) {
      expect(() => loadSettings(['--dialects', wrong], {})).toThrow(
        /"dialects\.\d" must be "keyhold", "kisenon", "artifact-keeper" or "tkeeper"/,
      );
    }
    expect(() => loadSettings(['--config', configFile('none.yaml', 'dialects: []')], {})).toThrow(/dialects/);
  });

  it('name trusted proxies in the file only', () => {
    const file = configFile('proxies.yaml', 'trusted_proxies: [10.0.0.0/8, "::1"]');
    const settings = loadSettings(['--config', file], {});
    if (settings === 'help') throw new Error('help');
    expect(settings.trustedProxies.rules).toHaveLength(2);
    expect(() => loadSettings(['--trusted-proxies', '::1'], {})).toThrow(ConfigError);
  });

  it('say how mail is sent', () => {
    const read = (text: string) => {
      const settings = loadSettings(['--config', configFile('mail.yaml', `mail: ${text}`)], {});
      return settings === 'help' ? null : settings.mail;
    };
    expect(read('{ outbox: /var/spool/keyhold }')).toEqual({
      ...{ from: 'keyhold@localhost', by: { kind: 'folder', path: '/var/spool/keyhold' } },
    });
    const smtp = 'host: mail.example, port: 587';
    const where = { kind: 'smtp', host: 'mail.example', port: 587, secure: false };
    expect(read(`{ from: a@b.example, smtp: { ${smtp} } }`)).toEqual({
      ...{ from: 'a@b.example', by: { ...where, login: null } },
    });
    expect(read(`{ from: a@b.example, smtp: { ${smtp}, secure: true, user: u, password: p } }`)).toEqual({
      ...{ from: 'a@b.example', by: { ...where, secure: true, login: { user: 'u', password: 'p' } } },
    });
    for (const [text, words] of [
      ['{}', /outbox or smtp/],
      [`{ outbox: x, from: a@b.example, smtp: { ${smtp} } }`, /outbox or smtp/],
      [`{ smtp: { ${smtp} } }`, /have from/],
      [`{ from: a@b.example, smtp: { ${smtp}, user: u } }`, /user and password/],
      [`{ from: 'Keyhold <a@b.example>', smtp: { ${smtp} } }`, /mail\.from/],
      ['{ from: a@b.example, smtp: { host: mail.example, port: 0 } }', /mail\.smtp\.port/],
      [`{ from: a@b.example, smtp: { ${smtp}, tls: none } }`, /tls/],
    ] as const) {
      expect(() => read(text)).toThrow(words);
    }
  });

  it('name providers to sign in by', () => {
    const provider = 'id: google, name: Google, client_id: a, client_secret: b';
    const read = (text: string) => loadSettings(['--config', configFile('providers.yaml', text)], {});
    const one = (issuer: string) => `kisenon: { providers: [{ ${provider}, issuer: "${issuer}" }] }`;
    for (const issuer of ['https://accounts.example', 'http://127.0.0.1:9000', 'http://[::1]:9000/a/']) {
      expect(read(one(issuer))).toMatchObject({
        kisenon: { providers: [{ id: 'google', name: 'Google', issuer, clientId: 'a', clientSecret: 'b' }] },
      });
    }
    for (const issuer of ['http://accounts.example', 'http://localhost.example', 'accounts.example', '']) {
      expect(() => read(one(issuer))).toThrow(/kisenon\.providers\.0\.issuer/);
    }
    const twice = `kisenon: { providers: [{ ${provider}, issuer: "https://a.example" }, { ${provider}, issuer: "https://b.example" }] }`;
    expect(() => read(twice)).toThrow(/different ids/);
    expect(() => read(one('https://a.example').replace('google', '../x'))).toThrow(/lower-case/);
    expect(() => read(one('https://a.example').replace('issuer:', 'scope: x, issuer:'))).toThrow(/scope/);
  });

  it('come from flags', () => {
    const argv = ['--host', '::1', '--port', '0', '--data', 'data', '--seed', 'demo', '--log-level=warn'];
    expect(loadSettings(argv, {})).toMatchObject({
      host: '::1',
      port: 0,
      dataDir: resolve('data'),
      seed: 'demo',
      logLevel: 'warn',
    });
  });

  it.each([
    ['YAML', 'server.yaml', 'name: Acme keys\nport: 9000\nlog_level: warn\norg_storage_mib: 3\n'],
    ['JSON', 'server.json', '{"name": "Acme keys", "port": 9000, "log_level": "warn", "org_storage_mib": 3}'],
  ])('come from a %s file', (_kind, name, text) => {
    expect(loadSettings(['--config', configFile(name, text)], {})).toMatchObject({
      name: 'Acme keys',
      port: 9000,
      logLevel: 'warn',
      orgStorage: 3 * 1024 ** 2,
    });
  });

  it('of flags win over the environment, and that over the file', () => {
    const file = configFile('rank.yaml', 'port: 9000\nlog_level: warn\nhost: 127.0.0.2\n');
    const settings = loadSettings(['--config', file, '--port', '9001'], { LOG_LEVEL: 'error' });
    expect(settings).toMatchObject({ host: '127.0.0.2', port: 9001, logLevel: 'error' });
  });

  it('take an empty file as one that sets nothing', () => {
    expect(loadSettings(['--config', configFile('empty.yaml', '')], {})).toMatchObject({ port: 8970 });
  });

  it('allow plain HTTP off loopback only when it is asked for', () => {
    expect(() => loadSettings(['--host', '0.0.0.0'], {})).toThrow(
      /Refusing to serve plain HTTP on 0\.0\.0\.0/,
    );
    expect(() => loadSettings(['--host', '0.0.0.0'], { REQUIRE_HTTPS: 'true' })).toThrow(ConfigError);
    const proxied = ['--host', '0.0.0.0', '--origin', 'https://keyhold.example'];
    expect(loadSettings(proxied, { REQUIRE_HTTPS: 'false' })).toMatchObject({ host: '0.0.0.0' });
  });

  it.each([
    ...['0.0.0.0', '0', '::', '[::]', '0:0:0:0:0:0:0:0', '::ffff:0.0.0.0'].map(
      (host) => [host, true] as const,
    ),
    ...['0.0.0.0', '::', '192.0.2.7', 'keyhold.example', 'a.localhost'].map((host) => [host, false] as const),
    ['keyhold.example.', true] as const,
  ])('need an origin where no app would find the server by %s (TLS: %s)', (host, tls) => {
    const argv = ['--host', host, ...(tls ? ['--tls-cert', pem, '--tls-key', pem] : [])];
    const env = tls ? {} : { REQUIRE_HTTPS: 'false' };
    expect(() => loadSettings(argv, env)).toThrow(/^No app would find the server by https?:.*--origin/);
    expect(() => loadSettings(argv, env)).toThrow(ConfigError);
    expect(loadSettings([...argv, '--origin', 'https://keyhold.example'], env)).toMatchObject({
      origin: 'https://keyhold.example',
    });
  });

  it.each(['192.0.2.7', 'keyhold.example', '::ffff:127.0.0.1'])('need none with TLS on %s', (host) => {
    const argv = ['--host', host, '--tls-cert', pem, '--tls-key', pem];
    expect(loadSettings(argv, {})).toMatchObject({ origin: undefined });
  });

  it.each([
    ['HTTPS://Keyhold.EXAMPLE:443/', 'https://keyhold.example'],
    ['https://bücher.example', 'https://xn--bcher-kva.example'],
    ['HTTP://LocalHost:80', 'http://localhost'],
    ['https://[2001:0db8:0:0:0:0:0:1]:8443', 'https://[2001:db8::1]:8443'],
  ])('have one spelling of an origin: %s is %s, in the file too', (text, origin) => {
    expect(loadSettings(['--origin', text], {})).toMatchObject({ origin });
    expect(loadSettings(['--config', configFile('origin.yaml', `origin: ${text}`)], {})).toMatchObject({
      origin,
    });
  });

  it.each([
    ['LocalHost', 'localhost'],
    ['0:0:0:0:0:0:0:1', '::1'],
    ['[::1]', '::1'],
    ['127.1', '127.0.0.1'],
  ])('know this computer by any of its names: %s is %s', (text, host) => {
    expect(loadSettings(['--host', text], {})).toMatchObject({ host });
  });

  it.each([['--help'], ['--port', '1', '--help']])('give way to the usage text: %s', (...argv) => {
    expect(loadSettings(argv, {})).toBe('help');
  });
});

describe('settings that cannot be used', () => {
  it.each([
    [['--prot', '1'], /Unknown option '--prot'.*--help/],
    [['extra'], /Unexpected argument 'extra'/],
    [['--port'], /--port/],
    [['--port', 'abc'], /option "port"/],
    [['--port', '70000'], /option "port"/],
    [['--seed', 'big'], /"seed" must be "demo" or "large"/],
    [['--log-level', 'loud'], /option "log_level"/],
    ...[
      ...['keyhold.example', 'ftp://keyhold.example', 'https://keyhold.example/registry', 'https://'],
      ...['https://maya@keyhold.example', 'https://keyhold.example?x', 'https://keyhold.example:0'],
    ].map((origin): [string[], RegExp] => [
      ['--origin', origin],
      /option "origin" must be an origin such as https:\/\/keyhold\.example\. See --help/,
    ]),
    ...[
      ...['http://keyhold.example:8970', 'http://a.localhost:8970', 'http://localhost.localdomain'],
      ...['http://[::ffff:127.0.0.1]:8970', 'http://192.168.1.10:8970'],
    ].map((origin): [string[], RegExp] => [['--origin', origin], /option "origin" must be https/]),
    ...['http://0.0.0.0:8970', 'https://0:8970', 'https://[::]', 'https://[::ffff:0.0.0.0]'].map(
      (origin): [string[], RegExp] => [['--origin', origin], /option "origin" must name a host/],
    ),
    [['--origin', 'https://keyhold.example.:8443'], /option "origin" must be without the dot at the end/],
    ...['a.localhost', '::ffff:127.0.0.1', '::127.0.0.1', 'localhost.'].map((host): [string[], RegExp] => [
      ['--host', host],
      /Refusing to serve plain HTTP on /,
    ]),
    ...['keyhold.example:80', 'two words', 'https://keyhold.example', '[::1', 'fe80::1%lo'].map(
      (host): [string[], RegExp] => [['--host', host], /option "host" must be an address or a name/],
    ),
    [['--tls-cert', 'cert.pem'], /both --tls-cert and --tls-key/],
    [
      ['--tls-cert', '/no/cert.pem', '--tls-key', '/no/key.pem'],
      /TLS certificate \/no\/cert\.pem cannot be read \(ENOENT\)/,
    ],
    [['--config', '/no/config.yaml'], /config file \/no\/config\.yaml cannot be read/],
  ])('are named: %j', (argv, message) => {
    expect(() => loadSettings(argv, {})).toThrow(message);
    expect(() => loadSettings(argv, {})).toThrow(ConfigError);
  });

  it.each([
    ['an unknown key', 'unknown.yaml', 'prot: 9000', /unknown key "prot"/],
    ['a value of the wrong kind', 'kind.yaml', 'port: "9000"', /"port"/],
    [
      'a proxy that is no address',
      'proxy.yaml',
      'trusted_proxies: [10.0.0.1, proxy]',
      /"trusted_proxies.*network/,
    ],
    ['a list', 'list.yaml', '- port', /settings .* must be names with values/],
    ['broken YAML', 'broken.yaml', 'port: [1', /neither YAML nor JSON/],
  ])('in a file are named, with the file: %s', (_what, name, text, message) => {
    const file = configFile(name, text);
    expect(() => loadSettings(['--config', file], {})).toThrow(message);
    expect(() => loadSettings(['--config', file], {})).toThrow(file);
  });

  it('in the environment are named', () => {
    expect(() => loadSettings([], { REQUIRE_HTTPS: 'no' })).toThrow(/REQUIRE_HTTPS must be true or false/);
    expect(() => loadSettings([], { LOG_LEVEL: 'loud' })).toThrow(/log_level/);
  });

  it('are told in one line that can be printed', () => {
    const odd = configFile('odd.yaml', `"a\\n\\e[2J${'x'.repeat(5000)}": 1`);
    const argvs = [
      ['--prot'],
      ['--port', 'x'],
      ['--config', configFile('line.yaml', 'a: b: c')],
      ['--config', odd],
    ];
    for (const argv of argvs) {
      try {
        loadSettings(argv, {});
        expect.unreachable();
      } catch (error) {
        expect(error).toBeInstanceOf(ConfigError);
        expect((error as ConfigError).message).toMatch(/^\P{Cc}{1,600}$/u);
      }
    }
  });
});
