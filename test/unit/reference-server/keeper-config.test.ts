import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../reference-server/config/config-error.ts';
import { loadSettings } from '../../../reference-server/config/config.ts';

const folder = mkdtempSync(join(tmpdir(), 'keyhold-keeper-'));
function file(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

function keeperOf(keeper: unknown, args: string[] = [], env: NodeJS.ProcessEnv = {}) {
  const settings = loadSettings(['--config', file('config.json', { keeper }), ...args], env);
  return settings === 'help' ? null : settings.keeper;
}

const jwt = { 'jwks-location': 'https://id.example/jwks.json', audience: 'tkeeper' };
const oidc = {
  'client-id': 'tkeeper-ui',
  'discovery-url': 'https://id.example/.well-known/openid-configuration',
  'callback-url': 'https://keeper.example/ui/oidc/callback',
};
const token = 'dev-token-change-me';
const dev = { enabled: true, token, permissions: ['tkeeper.system.*'] };

describe('the keeper’s settings', () => {
  it('let nobody in where nothing is said', () => {
    expect(keeperOf({})).toEqual({ auth: null, allowAnonymous: false });
    // What a dev token would be is of no use while dev mode is off.
    expect(keeperOf({ dev: { ...dev, enabled: false } })).toEqual({ auth: null, allowAnonymous: false });
  });

  it('are those of the documents of TKeeper', () => {
    const said = `keeper:
  auth:
    type: jwt
    allowAnonymous: false
    jwt:
      jwks-location: "https://example.com/.well-known/jwks.json"
      audience: tkeeper
      refresh: 5m
      clock-skew: 500ms
      oidc: { client-id: ui, discovery-url: "${oidc['discovery-url']}", callback-url: "${oidc['callback-url']}" }
`;
    const config = ['--config', file('seed.yaml', said)];
    // The provider leads back to the origin that people have, and nowhere else.
    const others = ['https://other.example', 'https://keeper.example:8443'];
    for (const origin of [[], ...others.map((other) => ['--origin', other]), ['--port', '8443']]) {
      expect(() => loadSettings([...config, ...origin], {})).toThrow(
        /callback-url leads to https:\/\/keeper/,
      );
    }
    expect(() => loadSettings([...config, '--port', '0'], {})).not.toThrow();
    // Where no origin is given, it is where the server listens, with TLS or without.
    const here = said.replace('https://keeper.example/', 'https://127.0.0.1:8443/');
    const listens = ['--config', file('here.yaml', here), '--port', '8443'];
    const pem = file('any.pem', 'pem');
    expect(() => loadSettings(listens, {})).toThrow(/people know this server by http:\/\/127/);
    expect(() => loadSettings([...listens, '--tls-cert', pem, '--tls-key', pem], {})).not.toThrow();
    const settings = loadSettings([...config, '--origin', 'https://keeper.example'], {});
    expect(settings).toMatchObject({
      keeper: {
        auth: {
          type: 'jwt',
          jwks: { url: 'https://example.com/.well-known/jwks.json' },
          ...{ audience: 'tkeeper', issuer: null, refreshSeconds: 300, skewSeconds: 0.5 },
          oidc: {
            clientId: 'ui',
            discoveryUrl: oidc['discovery-url'],
            callbackUrl: oidc['callback-url'],
          },
        },
      },
    });
    expect(keeperOf({ auth: { type: 'jwt', jwt } })).toMatchObject({
      auth: { refreshSeconds: 900, skewSeconds: 15, oidc: null },
    });
  });

  it.each([
    ['/etc/jwks.json', { file: '/etc/jwks.json' }],
    ['file:///etc/jwks%20x.json', { file: '/etc/jwks x.json' }],
    ['file:/etc/jwks.json', { file: '/etc/jwks.json' }],
    ['http://127.0.0.1:9/jwks', { url: 'http://127.0.0.1:9/jwks' }],
    ['http://[::1]/jwks', { url: 'http://[::1]/jwks' }],
  ])('take the key set from %s', (location, jwks) => {
    const auth = { type: 'jwt', jwt: { ...jwt, 'jwks-location': location } };
    expect(keeperOf({ auth })).toMatchObject({ auth: { jwks } });
  });

  it.each([
    ['http://id.example/jwks.json'],
    ['http://127.0.0.1.example/jwks.json'],
    ['https://user:pass@id.example/jwks.json'],
    ['file://host/etc/jwks.json'],
    ['file:///etc/jwks.json?x=1'],
    ['file:///etc/jwks.json#x'],
    ['ftp://id.example/jwks.json'],
    ['data:application/json,{}'],
    [''],
  ])('do not take it from %j', (location) => {
    const auth = { type: 'jwt', jwt: { ...jwt, 'jwks-location': location } };
    expect(() => keeperOf({ auth })).toThrow(/keeper\.auth\.jwt\.jwks-location/);
  });

  it.each<[string, object, RegExp]>([
    ['a type that is not known', { auth: { type: 'basic' } }, /keeper\.auth\.type/],
    ['no key set', { auth: { type: 'jwt', jwt: { audience: 'x' } } }, /keeper\.auth\.jwt\.jwks-location/],
    [
      'no audience',
      { auth: { type: 'jwt', jwt: { ...jwt, audience: undefined } } },
      /keeper\.auth\.jwt\.audience/,
    ],
    [
      'a blank audience',
      { auth: { type: 'jwt', jwt: { ...jwt, audience: '' } } },
      /keeper\.auth\.jwt\.audience/,
    ],
    [
      'a time without a unit',
      { auth: { type: 'jwt', jwt: { ...jwt, refresh: '15' } } },
      /refresh" must be a time such as 15m/,
    ],
    [
      'a number for a time',
      { auth: { type: 'jwt', jwt: { ...jwt, refresh: 15 } } },
      /keeper\.auth\.jwt\.refresh/,
    ],
    [
      'no time at all',
      { auth: { type: 'jwt', jwt: { ...jwt, refresh: '0s' } } },
      /keeper\.auth\.jwt\.refresh/,
    ],
    [
      'a negative skew',
      { auth: { type: 'jwt', jwt: { ...jwt, 'clock-skew': '-1s' } } },
      /keeper\.auth\.jwt\.clock-skew/,
    ],
    [
      'a skew of an hour',
      { auth: { type: 'jwt', jwt: { ...jwt, 'clock-skew': '1h' } } },
      /keeper\.auth\.jwt\.clock-skew/,
    ],
    [
      'half a provider',
      { auth: { type: 'jwt', jwt: { ...jwt, oidc: { 'client-id': 'x' } } } },
      /oidc\.discovery-url/,
    ],
    [
      'a provider by http',
      { auth: { type: 'jwt', jwt: { ...jwt, oidc: { ...oidc, 'discovery-url': 'http://id.example/x' } } } },
      /oidc\.discovery-url/,
    ],
    [
      'a way back by http',
      {
        auth: {
          type: 'jwt',
          jwt: { ...jwt, oidc: { ...oidc, 'callback-url': 'http://keeper.example/ui/oidc/callback' } },
        },
      },
      /oidc\.callback-url/,
    ],
    [
      'a way back to another page',
      {
        auth: {
          type: 'jwt',
          jwt: { ...jwt, oidc: { ...oidc, 'callback-url': 'https://keeper.example/ui' } },
        },
      },
      /oidc\.callback-url/,
    ],
    ['a short dev token', { dev: { ...dev, token: 'short' } }, /keeper\.dev\.token/],
    [
      'a dev token that no header can have',
      { dev: { ...dev, token: 'with a space in it' } },
      /keeper\.dev\.token/,
    ],
    ['no dev token', { dev: { ...dev, token: undefined } }, /keeper\.dev\.token/],
    ['no rules for it', { dev: { ...dev, permissions: undefined } }, /keeper\.dev\.permissions/],
    ['rules that are no list', { dev: { ...dev, permissions: 'tkeeper.*' } }, /keeper\.dev\.permissions/],
    [
      '10,001 rules',
      { dev: { ...dev, permissions: Array<string>(10_001).fill('tkeeper.*') } },
      /keeper\.dev\.permissions/,
    ],
    ['an unknown key', { auth: { types: 'jwt' } }, /unknown key "types"/],
  ])('are refused with %s, in one line that names the key', (_name, keeper, message) => {
    const load = () => keeperOf(keeper);
    expect(load).toThrow(ConfigError);
    expect(load).toThrow(message);
    expect(load).not.toThrow(/\n/);
  });

  it('take what may hold 10,000 rules', () => {
    const permissions = Array<string>(10_000).fill('tkeeper.key.*.sign');
    expect(keeperOf({ dev: { ...dev, permissions } })).toMatchObject({ auth: { permissions } });
  });

  it('take the type from the environment first', () => {
    const both = { auth: { type: 'jwt', jwt }, dev };
    expect(keeperOf(both)).toMatchObject({ auth: { type: 'jwt' } });
    expect(keeperOf(both, [], { KEEPER_AUTH_TYPE: 'dev' })).toMatchObject({ auth: { type: 'dev', token } });
    expect(() => keeperOf(both, [], { KEEPER_AUTH_TYPE: 'none' })).toThrow(/keeper\.auth\.type/);
  });

  it.each<[string, unknown]>([
    ['dev.json', dev],
    ['nested.json', { keeper: { dev } }],
    [
      'nested.yaml',
      `keeper:\n  dev:\n    enabled: true\n    token: ${token}\n    permissions:\n      - tkeeper.system.*\n`,
    ],
  ])('take dev mode from %s', (name, content) => {
    expect(keeperOf({}, ['--keeper-dev-config', file(name, content)])).toEqual({
      ...{ auth: { type: 'dev', token, permissions: ['tkeeper.system.*'] }, allowAnonymous: false },
    });
  });

  it('say of a dev file what is wrong with it', () => {
    const load = (content: unknown) => () =>
      keeperOf({}, ['--keeper-dev-config', file('wrong.yaml', content)]);
    expect(load('keeper {\n dev {\n token = "x"\n }\n}\n')).toThrow(/keeper dev config .*wrong\.yaml/);
    expect(load({ ...dev, token: 'short' })).toThrow(/keeper\.dev\.token/);
    expect(load({ keeper: { dev, auth: {} } })).toThrow(/unknown key "auth"/);
    expect(load(['x'])).toThrow(/keeper\.dev/);
    expect(() => keeperOf({}, ['--keeper-dev-config', join(folder, 'gone')])).toThrow(/ENOENT/);
    // Its rules are not those of dev mode that is off.
    expect(keeperOf({}, ['--keeper-dev-config', file('off.json', { ...dev, enabled: false })])).toMatchObject(
      {
        auth: null,
      },
    );
  });

  it('let what lets everybody in be on this computer alone', () => {
    const far = ['--origin', 'https://keeper.example'];
    expect(() => keeperOf({ dev }, far)).toThrow(/keeper\.dev\.enabled/);
    expect(() => keeperOf({ auth: { allowAnonymous: true } }, far)).toThrow(/keeper\.auth\.allowAnonymous/);
    const off = { ...dev, 'off-loopback': true };
    expect(keeperOf({ dev: off }, far)).toMatchObject({ auth: { type: 'dev' } });
    expect(keeperOf({ auth: { allowAnonymous: true }, dev: { 'off-loopback': true } }, far)).toEqual({
      ...{ auth: null, allowAnonymous: true },
    });
    expect(keeperOf({ auth: { allowAnonymous: true } })).toEqual({ auth: null, allowAnonymous: true });
    expect(keeperOf({ auth: { type: 'jwt', jwt } }, far)).toMatchObject({ auth: { type: 'jwt' } });
    const listening = ['--host', '192.0.2.1', '--origin', 'http://127.0.0.1:1'];
    expect(() => keeperOf({ dev }, listening, { REQUIRE_HTTPS: 'false' })).toThrow(/keeper\.dev\.enabled/);
  });
});
