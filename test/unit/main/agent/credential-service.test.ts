import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../../main/adapters/clock.ts';
import { CredentialService } from '../../../../main/agent/credential-service.ts';
import type { StoredContext } from '../../../../main/core/contexts/context-service.ts';
import { addContext } from '../registries/add-context.ts';
import { ManualClock } from '../signin/manual-clock.ts';
import { signInParts } from '../signin/sign-in-parts.ts';
import type { SignInParts } from '../signin/sign-in-parts.ts';
import { nothingRevoked } from '../signin/sign-out-parts.ts';

const host = 'registry.example:5000';

let parts: SignInParts;
let credentials: CredentialService;

beforeEach(async () => {
  parts = await signInParts(systemClock);
  credentials = new CredentialService(parts);
});
afterEach(async () => {
  await parts.dispose();
});

describe('get', () => {
  it('gives the user id and a fresh token for the very host', async () => {
    const context = addContext(parts, { host, userId: 'u-maya' });
    const answer = await credentials.get(host);
    if (answer.kind !== 'credential') throw new Error(answer.kind);
    const { ServerURL, Username, Secret } = answer.credential;
    expect({ ServerURL, Username }).toEqual({ ServerURL: host, Username: 'u-maya' });
    expect(decodeProtectedHeader(Secret)).toMatchObject({
      alg: 'Ed25519',
      kid: parts.keys.current(context.id)?.kid,
    });
    const { aud, sub, iat = 0, exp = 0 } = decodeJwt(Secret);
    expect({ aud, sub, secondsLeft: exp - iat >= 15 * 60 }).toEqual({
      aud: context.origin,
      sub: 'u-maya',
      secondsLeft: true,
    });
    expect(parts.logged().at(-1)).toBe(`helper.credential_given | ${context.name} | ${host}`);
  });

  it('gives another token each time', async () => {
    addContext(parts, { host });
    const answers = await Promise.all([credentials.get(host), credentials.get(host)]);
    const secrets = answers.map((answer) => (answer.kind === 'credential' ? answer.credential.Secret : ''));
    expect(new Set(secrets).size).toBe(2);
  });

  it('answers with the server key that it was asked for', async () => {
    addContext(parts, { host });
    const answer = await credentials.get(`https://${host.toUpperCase()}/v2/\n`);
    expect(answer).toMatchObject({ credential: { ServerURL: 'https://REGISTRY.EXAMPLE:5000/v2/' } });
  });

  describe('for ten accounts on one host', () => {
    let accounts: StoredContext[];
    beforeEach(() => {
      accounts = Array.from({ length: 10 }, (_, index) =>
        addContext(parts, { host, name: `Account ${String(index)}`, userId: `user-${String(index)}` }),
      );
    });
    const idOf = (index: number): string => accounts[index]?.id ?? '';
    const answers = async (): Promise<string> => {
      const answer = await credentials.get(host);
      if (answer.kind === 'credential') return answer.credential.Username;
      return answer.kind === 'refused' ? answer.message : answer.kind;
    };
    const list = (): unknown => {
      const answer = credentials.list();
      return answer.kind === 'users' ? answer.users[host] : null;
    };

    it('answers as the first, whichever is looked at, until another is chosen', async () => {
      expect(await answers()).toBe('user-0');
      for (const { id } of accounts) {
        parts.contexts.setCurrent(id);
        expect([await answers(), list()]).toEqual(['user-0', 'user-0']);
      }
      parts.contexts.useAccount(idOf(7));
      expect([await answers(), list()]).toEqual(['user-7', 'user-7']);
      expect(parts.logged().slice(-2)[0]).toBe(
        `registry.account_chosen | Account 7 | ${host}, was “Account 0”`,
      );
      parts.contexts.setCurrent(idOf(3));
      parts.vault.lock();
      await parts.unlock();
      expect([await answers(), list()]).toEqual(['user-7', 'user-7']);
    });

    it('answers as no other while the chosen one is signed out, and names it', async () => {
      parts.contexts.useAccount(idOf(7));
      parts.contexts.markSignedOut(idOf(7), { podman: false, docker: false }, nothingRevoked);
      const words = `“Account 7”, the account for ${host}, is signed out. Open Keyhold and sign in again, or choose another account under Registries.`;
      for (const { id } of [...accounts].reverse()) {
        parts.contexts.setCurrent(id);
        expect([await answers(), list()]).toEqual([words, undefined]);
      }
      parts.contexts.signInAgain(idOf(7), 'laptop');
      expect(await answers()).toMatch(/^The key of “Account 7”, the account for .* is not registered\. /);
      parts.contexts.markActive(idOf(2));
      expect(await answers(), 'also when another one is registered').toMatch(/^The key of “Account 7”/);
      parts.contexts.markActive(idOf(7));
      expect([await answers(), list()]).toEqual(['user-7', 'user-7']);
    });

    it('answers as no other when the chosen one has no key that signs', async () => {
      parts.contexts.useAccount(idOf(7));
      const key = parts.keys.list(idOf(7))[0];
      parts.vault
        .sql()
        .run(`UPDATE keys SET expires_at = '2020-01-01T00:00:00Z' WHERE id = ?`, key?.id ?? '');
      expect(await answers()).toMatch(/^The key of “Account 7”, the account for .*, has expired\. /);
      parts.keys.endings.retire(key?.id ?? '', 'revoked', true);
      expect(await answers()).toMatch(/ does not know the key of “Account 7” any more\. /);
    });

    it('answers as nobody once the chosen one is removed, until a person chooses', async () => {
      parts.contexts.useAccount(idOf(7));
      parts.contexts.remove(idOf(7));
      const words = `No account is chosen for ${host}. Open Keyhold and choose one under Registries.`;
      expect([await answers(), list()]).toEqual([words, undefined]);
      parts.vault.lock();
      await parts.unlock();
      parts.contexts.setCurrent(idOf(3));
      expect(await answers()).toBe(words);
      for (const index of [0, 1, 2, 4, 5, 6, 8, 9]) parts.contexts.remove(idOf(index));
      expect(await answers(), 'the last one was never chosen').toBe(words);
      parts.contexts.useAccount(idOf(3));
      expect(await answers()).toBe('user-3');
      parts.contexts.remove(idOf(3));
      addContext(parts, { host, userId: 'new' });
      expect(await answers(), 'a host without accounts is a new one').toBe('new');
    });

    it('answers as nobody once the chosen one was made another user, until a person chooses', async () => {
      parts.contexts.useAccount(idOf(7));
      parts.contexts.markSignedOut(idOf(7), { podman: false, docker: false }, nothingRevoked);
      parts.contexts.signInAgain(idOf(7), 'laptop');
      parts.contexts.correctUser(idOf(7), 'u_mfrggzdfmztwq2lk');
      parts.contexts.markActive(idOf(7));
      const words = `No account is chosen for ${host}. Open Keyhold and choose one under Registries.`;
      expect([await answers(), list()]).toEqual([words, undefined]);
      parts.contexts.useAccount(idOf(7));
      expect(await answers()).toBe('u_mfrggzdfmztwq2lk');
    });

    it('does not let one be chosen that could not answer', () => {
      parts.contexts.markSignedOut(idOf(7), { podman: false, docker: false }, nothingRevoked);
      expect(() => {
        parts.contexts.useAccount(idOf(7));
      }).toThrow('key_not_registered');
    });
  });

  it('knows a service with TLS by its port as well, as clients name a host of one word', async () => {
    addContext(parts, { host: 'registry' });
    for (const asked of ['registry:443', 'https://registry:443', 'registry']) {
      const answer = await credentials.get(asked);
      expect(answer).toMatchObject({ kind: 'credential', credential: { ServerURL: asked } });
    }
    expect(await credentials.get('registry:80')).toMatchObject({ reason: 'unknown_host' });
  });

  it.each([
    ['another host', 'other.example'],
    ['another port', 'registry.example:5001'],
    ['no port', 'registry.example'],
    ['a part of the name', 'example:5000'],
  ])('makes nothing for %s', async (_what, asked) => {
    addContext(parts, { host });
    expect(await credentials.get(asked)).toMatchObject({ kind: 'refused', reason: 'unknown_host' });
    expect(parts.logged().at(-1)).toBe(`helper.refused | ${asked}: no context`);
  });

  it('makes no token of one service for another, even if a row says so', async () => {
    const victim = addContext(parts, { host: 'true.example' });
    parts.vault.sql().run('UPDATE contexts SET host = ? WHERE id = ?', 'evil.example', victim.id);
    parts.vault.sql().run('INSERT INTO registry_accounts VALUES (?, ?)', 'evil.example', victim.id);
    const answer = await credentials.get('evil.example');
    expect(answer).toMatchObject({ kind: 'refused', reason: 'vault_unreadable' });
    expect(parts.logged().filter((line) => line.startsWith('helper.credential_given'))).toEqual([]);
  });

  it('makes nothing for a context that has no registry', async () => {
    addContext(parts, { host, hasRegistry: false });
    expect(await credentials.get(host)).toMatchObject({ reason: 'unknown_host' });
  });

  it('makes nothing for a context whose key is not registered', async () => {
    addContext(parts, { host, state: 'pending' });
    const answer = await credentials.get(host);
    expect(answer).toMatchObject({ kind: 'refused', reason: 'key_not_registered' });
    expect(parts.logged().at(-1)).toBe(`helper.refused | ${host}: key not registered`);
  });

  it.each(['', '\n', 'two words', '\u001b[31m', '{"ServerURL":"registry.example:5000"}'])(
    'makes nothing of %j and does not repeat it',
    async (noise) => {
      addContext(parts, { host });
      expect(await credentials.get(noise)).toEqual({
        kind: 'refused',
        reason: 'invalid_server',
        message: 'Keyhold was asked for no registry: expected host[:port] on standard input.',
      });
      expect(parts.logged().at(-1)).toBe('helper.refused | no registry named');
    },
  );

  it('makes nothing while the vault is locked, and tells of no context', async () => {
    addContext(parts, { host });
    parts.vault.lock();
    const answers = [await credentials.get(host), await credentials.get('other.example')];
    for (const answer of answers) {
      expect(answer).toEqual({
        kind: 'refused',
        reason: 'vault_locked',
        message: 'Keyhold is locked. Unlock it and run the command again.',
      });
    }
    expect(parts.logged().at(-1)).toBe('helper.refused | other.example: vault locked');
  });

  it('makes nothing when the vault is locked meanwhile', async () => {
    addContext(parts, { host });
    const asked = credentials.get(host);
    parts.vault.lock();
    expect(['credential', 'refused']).toContain((await asked).kind);
    expect(await credentials.get(host)).toMatchObject({ reason: 'vault_locked' });
  });
});

describe('store', () => {
  const said = 'Keyhold did not keep this password: it makes a fresh token each time one is asked for.';
  const stored = (Secret: unknown, Username: unknown = 'u-maya'): string =>
    JSON.stringify({ ServerURL: host, Username, Secret });
  const given = async (): Promise<string> => {
    const answer = await credentials.get(host);
    return answer.kind === 'credential' ? answer.credential.Secret : '';
  };
  const answerTo = (body: string): string => {
    const answer = credentials.store(body);
    return answer.kind === 'ignored' ? answer.message : answer.kind;
  };

  it('says nothing of what get has given, whoever asked since, with the vault locked too', async () => {
    addContext(parts, { host });
    const secrets = await Promise.all(Array.from({ length: 100 }, given));
    expect(new Set(secrets.map((secret) => answerTo(stored(secret))))).toEqual(new Set(['']));
    parts.vault.lock();
    expect(answerTo(stored(secrets[0]))).toBe('');
  });

  it('says that it did not keep a password that somebody typed', async () => {
    const context = addContext(parts, { host });
    const secret = await given();
    const another = await parts.tokens.commandToken(context.id, '15m', null);
    const typed = ['typed', 'ü', ` ${secret}`, secret.slice(0, -1), `${secret}A`, another.token];
    expect(typed.map((each) => answerTo(stored(each)))).toEqual(typed.map(() => said));
    // Nor what it cannot read: that may be one as well.
    const unread = ['', 'noise', '[]', 'null', stored(5), stored(secret, 5), `${stored(secret)}}`];
    expect(unread.map(answerTo)).toEqual(unread.map(() => said));
  });

  it('says nothing where nobody typed: no password, or what a registry gave in exchange for one', () => {
    expect([stored(''), stored('refresh-token', '<token>')].map(answerTo)).toEqual(['', '']);
  });

  it('knows the newest thousand', async () => {
    addContext(parts, { host });
    const first = await given();
    for (let asked = 0; asked < 999; asked += 1) await given();
    expect(answerTo(stored(first))).toBe('');
    await given();
    expect(answerTo(stored(first))).toBe(said);
  });
});

describe('list', () => {
  it('gives the user of each registry', () => {
    addContext(parts, { host, userId: 'first' });
    addContext(parts, { host, userId: 'second' });
    addContext(parts, { host: 'b.example', userId: 'maya' });
    addContext(parts, { host: 'c.example', state: 'pending' });
    addContext(parts, { host: 'd.example', hasRegistry: false });
    expect(credentials.list()).toEqual({ kind: 'users', users: { [host]: 'first', 'b.example': 'maya' } });
  });

  it('is empty without contexts and while the vault is locked', () => {
    expect(credentials.list()).toEqual({ kind: 'users', users: {} });
    addContext(parts, { host });
    parts.vault.lock();
    expect(credentials.list()).toEqual({ kind: 'users', users: {} });
  });
});

describe('a use that is asked about', () => {
  const caller = { program: 'skopeo', path: '/usr/bin/skopeo', parents: [] };
  let clock: ManualClock;
  let asked: SignInParts;

  beforeEach(async () => {
    clock = new ManualClock(new Date('2026-03-01T12:00:00Z'));
    asked = await signInParts(clock);
    asked.asks = true;
    addContext(asked, { host, name: 'Work' });
  });
  afterEach(async () => {
    await asked.dispose();
  });

  it('gives nothing when it is denied', async () => {
    const answer = new CredentialService(asked).get(host, { caller });
    asked.approvals.answer(asked.approvals.current().question?.id ?? '', 'deny', 'once');
    expect(await answer).toEqual({
      kind: 'refused',
      reason: 'denied',
      message: `Keyhold was told not to let skopeo use ${host}. If that answer is remembered, change it in Keyhold under Approvals.`,
    });
    expect(asked.logged().at(-1)).toBe(`helper.refused | Work | ${host}: denied`);
  });

  it('gives nothing when nobody answers', async () => {
    const answer = new CredentialService(asked).get(host);
    clock.advance(60_000);
    expect(await answer).toEqual({
      kind: 'refused',
      reason: 'not_answered',
      message: `Nobody answered whether this program may use ${host}. Run the command again and answer in Keyhold.`,
    });
  });

  it('gives a credential when it is allowed, and notes for whom', async () => {
    const answer = new CredentialService(asked).get(host, { caller });
    asked.approvals.answer(asked.approvals.current().question?.id ?? '', 'allow', 'once');
    expect(await answer).toMatchObject({ kind: 'credential' });
    expect(asked.logged().at(-1)).toBe(`helper.credential_given | Work | ${host}, for skopeo`);
  });
});
