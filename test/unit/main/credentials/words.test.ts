import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CredentialKind } from '../../../../contracts/domain/credential.ts';
import type { SignInState } from '../../../../contracts/domain/sign-in.ts';
import { CredentialService } from '../../../../main/agent/credential-service.ts';
import type { GivenCredential } from '../../../../main/core/credentials/credentials.ts';
import { signInWords } from '../../../../main/core/credentials/sign-in-words.ts';
import { lastSignInCheck } from '../../../../main/core/doctor/sign-in-check.ts';
import { sampleContext, sampleRegistry, sampleSignIn } from '../../../support/samples.ts';
import { ManualClock } from '../signin/manual-clock.ts';
import { signInParts, type SignInParts } from '../signin/sign-in-parts.ts';
import { testApiKey, testSession } from './credential-parts.ts';
import { refusedBy, SessionService, userId } from './session-service.ts';

const start = new Date('2026-11-24T08:00:00.000Z');
const hour = 60 * 60_000;

describe('the tray and the terminal', () => {
  it.each([
    ['api-key', 'not_accepted', /^Not signed in: API key refused at \d\d:\d\d$/],
    ['api-key', 'expired', /^Not signed in: the API key has ended$/],
    ['session', 'expired', /^Not signed in: the session has ended$/],
    ['pasted', 'expired', /^Not signed in: the token has ended$/],
    ['pasted', 'not_accepted', /^Not signed in: token refused at \d\d:\d\d$/],
    ['session', 'waiting', /^Not let in yet: an operator has to approve the account, as of \d\d:\d\d$/],
  ] as const)('call an %s in state %s by its name', (credential, state, words) => {
    expect(signInWords(sampleContext({ credential, signIn: sampleSignIn(state) }))).toMatch(words);
  });
});

describe('the Doctor', () => {
  const found = (credential: CredentialKind, state: SignInState): unknown => {
    const context = sampleContext({ credential, signIn: sampleSignIn(state) });
    const check = lastSignInCheck({ contexts: { list: () => [context] } });
    return check({ registries: [sampleRegistry()], overview: { registries: [] } as never });
  };

  it.each([
    ['api-key', 'not_accepted', 'The service does not accept the API key: it was revoked.'],
    ['api-key', 'expired', 'The API key has ended.'],
    ['session', 'expired', 'The session has ended.'],
    ['pasted', 'expired', 'The token has ended.'],
    ['pasted', 'not_accepted', 'The service does not accept the token.'],
  ] as const)('says of an %s in state %s what is wrong, and to sign in again', (credential, state, words) => {
    expect(found(credential, state)).toMatchObject([
      { state: 'broken', found: words, mend: { advice: 'Open Status for Production and sign in again.' } },
    ]);
  });

  it('sends whoever waits for approval to the operator', () => {
    expect(found('session', 'waiting')).toMatchObject([
      { mend: { advice: 'Ask whoever runs the service to approve it, then check again.' } },
    ]);
  });
});

describe('the credential helper', () => {
  let clock: ManualClock;
  let service: SessionService;
  let parts: SignInParts;
  let helper: CredentialService;

  beforeEach(async () => {
    clock = new ManualClock(start);
    [service, parts] = await Promise.all([SessionService.start(), signInParts(clock)]);
    helper = new CredentialService(parts);
  });
  afterEach(async () => {
    await Promise.all([service.stop(), parts.dispose()]);
  });

  const host = (): string => new URL(service.origin).host;

  async function add(by: GivenCredential): Promise<string> {
    const chosen = { address: service.origin, name: 'Work', setUpPodman: false, setUpDocker: false };
    const signedIn = { userId, org: 'acme', by };
    return (await parts.contexts.additions.addSignedIn({ ...chosen, signedIn })).id;
  }

  it('gives an API key, and the fresh token of a session', async () => {
    const id = await add(testApiKey);
    expect(await helper.get(host())).toMatchObject({
      credential: { Username: userId, Secret: testApiKey.secret },
    });
    await parts.contexts.changes.signInBy(id, { userId, org: 'acme', by: testSession });
    expect(await helper.get(host())).toMatchObject({ credential: { Secret: testSession.token } });
    expect(helper.list()).toEqual({ kind: 'users', users: { [host()]: userId } });
  });

  it('says that an API key has ended, or was revoked', async () => {
    const id = await add({ ...testApiKey, expiresAt: '2026-11-25T08:00:00.000Z' });
    service.others = [refusedBy('key_revoked')];
    await parts.contexts.status(id);
    expect(await helper.get(host())).toMatchObject({
      ...{ reason: 'api_key_refused', message: expect.stringMatching(/sign in again/) as string },
    });
    clock.advance(24 * hour);
    expect(await helper.get(host())).toMatchObject({ reason: 'api_key_expired' });
    expect(parts.logged().at(-1)).toBe(`helper.refused | Work | ${host()}: API key ended`);
  });

  it('says that a session has ended, cannot be renewed now, or waits', async () => {
    await add(testSession);
    clock.advance(hour);
    for (const [answer, reason] of [
      [null, 'server_unreachable'],
      [{ status: 200, body: '<html>' }, 'server_unreachable'],
      [refusedBy('alpha_pending', 403), 'approval_pending'],
      [refusedBy('session_expired'), 'session_expired'],
    ] as const) {
      service.refreshes = [answer];
      expect(await helper.get(host())).toMatchObject({ kind: 'refused', reason });
    }
    expect(parts.contexts.accounts.of(host())?.name).toBe('Work');
  });
});
