import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { secretProblem } from '../../../reference-server/config/artifact-keeper.ts';
import { ConfigError } from '../../../reference-server/config/config-error.ts';
import { loadSettings } from '../../../reference-server/config/config.ts';

const strong = randomBytes(48).toString('base64');

describe('the secret of access tokens', () => {
  it.each([
    ['short', 'has less than 32 bytes'],
    ['x'.repeat(31), 'has less than 32 bytes'],
    ['your-generated-secret-your-generated-secret', 'is a known placeholder'],
    ['CHANGE_ME_CHANGE_ME_CHANGE_ME_CHANGE_ME', 'is a known placeholder'],
    ['a'.repeat(64), 'can be guessed'],
    ['abcdefghijklmnopqrstuvwxyz0123456789', 'can be guessed'],
    ['0123012301230123012301230123012301230123', 'can be guessed'],
  ])('%s is refused: it %s', (secret, problem) => {
    expect(secretProblem(secret)).toBe(problem);
    const start = (): unknown => loadSettings([], { JWT_SECRET: secret });
    expect(start).toThrow(ConfigError);
    expect(start).toThrow('openssl rand -base64 64');
    // What is refused today may be in use elsewhere.
    expect(start).not.toThrow(secret);
  });

  it('that openssl makes is taken', () => {
    for (let round = 0; round < 500; round++) {
      expect(secretProblem(randomBytes(32).toString('base64'))).toBeNull();
      expect(secretProblem(randomBytes(32).toString('hex'))).toBeNull();
    }
  });
});

describe('lives of tokens', () => {
  it('are the environment’s, else 15 minutes and 7 days', () => {
    const env = { JWT_SECRET: strong, JWT_ACCESS_TOKEN_EXPIRY: '600', JWT_REFRESH_TOKEN_EXPIRY: '3600' };
    expect(loadSettings([], env)).toMatchObject({
      artifactKeeper: { jwtSecret: strong, accessSeconds: 600, refreshSeconds: 3600 },
    });
    expect(loadSettings([], {})).toMatchObject({
      artifactKeeper: { jwtSecret: null, accessSeconds: 900, refreshSeconds: 604_800 },
    });
  });

  it.each(['0', '-1', '15m', '', '1e3', '99999999999'])('of %j are refused', (life) => {
    expect(() => loadSettings([], { JWT_ACCESS_TOKEN_EXPIRY: life })).toThrow(
      /artifact-keeper\.jwt_access_token_expiry/,
    );
  });
});

describe('a provider', () => {
  const env = {
    ...{ OIDC_ISSUER: 'https://accounts.example', OIDC_CLIENT_ID: '1234', OIDC_CLIENT_SECRET: 'hush' },
    OIDC_REDIRECT_URI: 'https://keyhold.example/api/v1/auth/oidc/callback',
  };

  it('is read from the environment, and from the config file where that says nothing', () => {
    const folder = mkdtempSync(join(tmpdir(), 'oidc-config-'));
    const file = join(folder, 'keyhold.yaml');
    const oidc = { issuer: 'https://other.example', scopes: 'openid groups', email_claim: 'mail' };
    writeFileSync(file, JSON.stringify({ 'artifact-keeper': { oidc } }));
    const settings = loadSettings(['--config', file], { ...env, OIDC_GROUPS_CLAIM: 'roles' });
    rmSync(folder, { recursive: true });
    expect(settings).toMatchObject({
      artifactKeeper: {
        oidc: {
          ...{ id: 'sso', issuer: env.OIDC_ISSUER, clientId: '1234', clientSecret: 'hush' },
          ...{ callback: env.OIDC_REDIRECT_URI, scope: 'openid groups', accounts: 'new' },
          claims: { username: 'preferred_username', email: 'mail', name: 'name', groups: 'roles' },
        },
      },
    });
    const plain = { ...env, OIDC_REDIRECT_URI: undefined };
    expect(loadSettings([], { ...plain, OIDC_SCOPES: 'openid,email, profile' })).toMatchObject({
      artifactKeeper: {
        oidc: {
          ...{ callback: '/api/v1/auth/oidc/callback', scope: 'openid email profile' },
          claims: { email: 'email', groups: null },
        },
      },
    });
    expect(loadSettings([], {})).toMatchObject({ artifactKeeper: { oidc: null } });
  });

  it.each([
    [{ OIDC_ISSUER: 'http://accounts.example' }, 'oidc.issuer" must be https, or http on this computer'],
    [{ OIDC_ISSUER: undefined }, 'needs issuer: set artifact-keeper.oidc.issuer (OIDC_ISSUER)'],
    [{ OIDC_CLIENT_ID: undefined }, 'needs client_id'],
    [{ OIDC_CLIENT_SECRET: undefined }, 'needs client_secret'],
    [{ OIDC_CLIENT_SECRET: '' }, 'oidc.client_secret" must not be empty'],
    [{ OIDC_SCOPES: 'email,profile' }, 'oidc.scopes" must have openid'],
    [{ OIDC_SCOPES: 'openid;"email"' }, 'oidc.scopes" must be scopes such as'],
    [{ OIDC_GROUPS_CLAIM: '' }, 'oidc.groups_claim" must not be empty'],
    [{ OIDC_REDIRECT_URI: 'https://keyhold.example/callback' }, 'oidc.redirect_uri" must be the origin of'],
    [{ OIDC_REDIRECT_URI: `${env.OIDC_REDIRECT_URI}?x` }, 'oidc.redirect_uri" must be the origin of'],
    [{ OIDC_REDIRECT_URI: '/api/v1/auth/oidc/callback' }, 'oidc.redirect_uri'],
  ])('%j is refused in a sentence', (change, words) => {
    const start = (): unknown => loadSettings([], { ...env, ...change });
    expect(start).toThrow(ConfigError);
    expect(start).toThrow(words);
    expect(start).not.toThrow('hush');
  });

  it('leads back to this very server, and has an id of its own', () => {
    const start = (origin: string) => () => loadSettings(['--origin', origin], env);
    expect(start('https://keyhold.example')).not.toThrow();
    expect(start('https://other.example')).toThrow('leads to another server than the origin https://other');
    const folder = mkdtempSync(join(tmpdir(), 'oidc-config-'));
    const file = join(folder, 'keyhold.yaml');
    const sso = { id: 'sso', name: 'SSO', issuer: env.OIDC_ISSUER, client_id: 'a', client_secret: 'b' };
    writeFileSync(file, JSON.stringify({ kisenon: { providers: [sso] } }));
    expect(() => loadSettings(['--config', file], env)).toThrow('give the other one another id');
    rmSync(folder, { recursive: true });
  });
});

describe('a directory', () => {
  const env = { LDAP_URL: 'ldap://ldap.example.com:389', LDAP_BASE_DN: 'dc=example,dc=com' };

  it('is read from the environment, and from the config file where that says nothing', () => {
    const folder = mkdtempSync(join(tmpdir(), 'ldap-config-'));
    const file = join(folder, 'keyhold.yaml');
    const ldap = { url: 'ldaps://other.example', base_dn: 'dc=other', bind_dn: 'cn=reader', starttls: true };
    writeFileSync(file, JSON.stringify({ 'artifact-keeper': { ldap } }));
    const settings = loadSettings(['--config', file], { ...env, LDAP_BIND_PASSWORD: 'reads' });
    rmSync(folder, { recursive: true });
    expect(settings).toMatchObject({
      artifactKeeper: {
        ldap: {
          ...{ url: env.LDAP_URL, baseDn: env.LDAP_BASE_DN, reader: { dn: 'cn=reader', password: 'reads' } },
          ...{ userFilter: '(uid={username})', usernameAttribute: 'uid', startTls: true },
        },
      },
    });
    expect(loadSettings([], {})).toMatchObject({ artifactKeeper: { ldap: null } });
  });

  it('is read by itself, and for groups, where that is said', () => {
    expect(loadSettings([], env)).toMatchObject({
      artifactKeeper: { ldap: { groups: null, syncSeconds: 0 } },
    });
    const groups = {
      LDAP_SYNC_INTERVAL: '3600',
      LDAP_GROUP_FILTER: '(memberUid={username})',
      LDAP_GROUP_BASE_DN: 'ou=groups,dc=example,dc=com',
      LDAP_GROUP_ATTRIBUTE: 'ou',
    };
    const filter = groups.LDAP_GROUP_FILTER;
    expect(loadSettings([], { ...env, ...groups })).toMatchObject({
      artifactKeeper: {
        ldap: { syncSeconds: 3600, groups: { filter, baseDn: groups.LDAP_GROUP_BASE_DN, attribute: 'ou' } },
      },
    });
    expect(loadSettings([], { ...env, LDAP_GROUP_FILTER: filter })).toMatchObject({
      artifactKeeper: { ldap: { groups: { filter, baseDn: env.LDAP_BASE_DN, attribute: 'cn' } } },
    });
  });

  it.each([
    [{ LDAP_SYNC_INTERVAL: '59' }, 'ldap.sync_interval" must be 0, or at least 60 seconds'],
    [{ LDAP_SYNC_INTERVAL: '-1' }, 'ldap.sync_interval'],
    [{ LDAP_SYNC_INTERVAL: '1h' }, 'ldap.sync_interval'],
    [{ LDAP_SYNC_INTERVAL: '99999999' }, 'ldap.sync_interval'],
    [{ LDAP_GROUP_FILTER: 'memberUid={username}' }, 'ldap.group_filter" must be a filter such as'],
    [{ LDAP_GROUP_FILTER: '(&(memberUid={username})' }, 'ldap.group_filter" must be a filter such as'],
    [{ LDAP_GROUP_FILTER: '(cn=*)', LDAP_GROUP_BASE_DN: 'groups' }, 'ldap.group_base_dn" must be a name in'],
    [
      { LDAP_GROUP_FILTER: '(cn=*)', LDAP_GROUP_ATTRIBUTE: 'c n' },
      'ldap.group_attribute" must be an attribute',
    ],
    [{ LDAP_GROUP_BASE_DN: 'ou=groups' }, 'reads groups by group_filter'],
    [{ LDAP_GROUP_ATTRIBUTE: 'cn' }, 'reads groups by group_filter'],
    [{ LDAP_URL: 'http://ldap.example.com' }, 'ldap.url" must be an address such as ldap://'],
    [{ LDAP_URL: 'ldap://cn=admin:secret@ldap.example.com' }, 'ldap.url" must be an address such as ldap://'],
    [{ LDAP_URL: 'ldap://ldap.example.com/dc=example' }, 'ldap.url" must be an address such as ldap://'],
    [{ LDAP_BASE_DN: 'example.com' }, 'ldap.base_dn" must be a name in the directory'],
    [{ LDAP_USER_FILTER: '(uid=lena)' }, 'ldap.user_filter" must compare an attribute with the user name'],
    [{ LDAP_USER_FILTER: '(&(uid={username})' }, 'ldap.user_filter" must be a filter such as'],
    [{ LDAP_BIND_DN: 'cn=reader', LDAP_BIND_PASSWORD: '' }, 'ldap.bind_password" must not be empty'],
    [{ LDAP_BIND_DN: 'cn=reader' }, 'needs both bind_dn (LDAP_BIND_DN) and bind_password'],
    [{ LDAP_STARTTLS: 'yes' }, 'ldap.starttls'],
    [{ LDAP_URL: 'ldaps://ldap.example.com', LDAP_STARTTLS: 'true' }, 'leave out starttls'],
    [{ LDAP_CA_FILE: '/none.pem' }, 'is for TLS'],
    [{ LDAP_CA_FILE: '/none.pem', LDAP_STARTTLS: 'true' }, '/none.pem cannot be read (ENOENT)'],
    [{ LDAP_CA_FILE: import.meta.filename, LDAP_STARTTLS: 'true' }, 'is none in PEM form'],
    [{ LDAP_URL: undefined }, 'needs an address'],
    [{ LDAP_BASE_DN: undefined }, 'needs the place to look in'],
  ])('%j is refused in a sentence', (change, words) => {
    const start = (): unknown => loadSettings([], { ...env, ...change });
    expect(start).toThrow(ConfigError);
    expect(start).toThrow(words);
    expect(start).not.toThrow('secret');
  });
});

describe('the limit of failed sign-ins', () => {
  it('is five in five minutes, or as is said', () => {
    expect(loadSettings([], {})).toMatchObject({
      artifactKeeper: { signIns: { failures: 5, windowSeconds: 300 } },
    });
    expect(loadSettings([], { RATE_LIMIT_LOGIN: '3', RATE_LIMIT_WINDOW: '60' })).toMatchObject({
      artifactKeeper: { signIns: { failures: 3, windowSeconds: 60 } },
    });
  });

  it.each([{ RATE_LIMIT_LOGIN: '0' }, { RATE_LIMIT_LOGIN: 'five' }, { RATE_LIMIT_WINDOW: '0' }])(
    'of %j is refused in a sentence',
    (env) => {
      expect(() => loadSettings([], env)).toThrow(/artifact-keeper\.rate_limit_/);
    },
  );
});
