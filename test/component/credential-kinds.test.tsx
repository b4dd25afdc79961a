import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { standingOf } from '../../contracts/domain/context-standing.ts';
import type { ContextSummary } from '../../contracts/domain/context.ts';
import type { SignInState } from '../../contracts/domain/sign-in.ts';
import { standingWords, troubleWord } from '../../renderer/features/contexts/standing-words.ts';
import { sampleContext, sampleSignIn, sampleStatus, timeFromNow } from '../support/samples.ts';
import { sampleKeeperContext } from '../support/samples-remote-keys.ts';
import { openPage, openWindow } from './open-window.tsx';

const otherKinds = {
  'api-key': { credential: 'api-key', maxTokenTtl: null, endsAt: null },
  session: { credential: 'session', maxTokenTtl: null, endsAt: timeFromNow(5 * 3600) },
  pasted: { credential: 'pasted', maxTokenTtl: null, endsAt: timeFromNow(3600) },
} as const satisfies Record<string, Partial<ContextSummary>>;

function contextOf(kind: keyof typeof otherKinds, state: SignInState = 'signed_in'): ContextSummary {
  return sampleContext({ ...otherKinds[kind], signIn: sampleSignIn(state) });
}

describe('how a context stands', () => {
  it.each([
    ['api-key', 'not_accepted', 'API key refused', 'Refused'],
    ['api-key', 'expired', 'API key has ended', 'API key ended'],
    ['session', 'expired', 'session has ended', 'Session ended'],
    ['pasted', 'expired', 'token has ended', 'Token ended'],
    ['pasted', 'not_accepted', 'token refused', 'Refused'],
    ['session', 'waiting', 'account waits for approval', 'Waits for approval'],
  ] as const)('with its %s in state %s is said in its own words', (kind, state, words, trouble) => {
    const context = contextOf(kind, state);
    expect(standingWords(context, Date.now())).toMatch(new RegExp(`^${words}(, checked|$)`));
    expect(troubleWord(context, Date.now())).toBe(trouble);
  });

  it('is over once what signs it in has ended, without a word of the service', () => {
    const context = contextOf('session');
    const end = Date.parse(context.endsAt ?? '');
    const signIn = { ...context.signIn, checkedAt: new Date(end).toISOString() };
    expect(standingOf({ ...context, signIn }, end - 1)).toBe('signed_in');
    expect(standingOf({ ...context, signIn }, end)).toBe('expired');
  });
});

describe('the status', () => {
  it('names an API key and the last program that used it', async () => {
    const programUse = { at: timeFromNow(-300), program: 'skopeo' };
    openWindow({
      contexts: [contextOf('api-key')],
      status: sampleStatus({ key: null, apiKey: 'ci laptop', programUse }),
    });
    expect((await screen.findByText('ci laptop')).closest('div')?.textContent).toContain('API key');
    expect(screen.getByText('skopeo', { exact: false })).toBeDefined();
    expect(screen.queryByText('Longest token life')).toBeNull();
    expect(screen.getByText(/^Signing out revokes and deletes the API key\./)).toBeDefined();
  });

  it('says when a session ends', async () => {
    openWindow({ contexts: [contextOf('session')], status: sampleStatus({ key: null, programUse: null }) });
    await screen.findByText('Session');
    expect(screen.getByText(/^in [45] hours$/)).toBeDefined();
    expect(screen.getByText(/^Signing out ends the session\./)).toBeDefined();
  });

  it.each([
    ['api-key', 'not_accepted', 'The service does not accept the API key'],
    ['api-key', 'expired', 'The API key has ended'],
    ['session', 'expired', 'The session has ended'],
    ['session', 'waiting', 'The account waits for approval'],
  ] as const)('of an %s in state %s says what to do', async (kind, state, title) => {
    openWindow({ contexts: [contextOf(kind, state)], status: sampleStatus({ key: null, identity: null }) });
    await screen.findByText(title);
    expect(screen.queryByRole('button', { name: 'Make new key…' })).toBeNull();
  });
});

describe('a page about keys', () => {
  it('has nothing to do for other credentials', async () => {
    await openPage('Keys', { contexts: [contextOf('session')] });
    await screen.findByRole('heading', { name: 'This context does not sign in with a key' });
    expect(screen.getByText(/signs in with a session/)).toBeDefined();
    expect(screen.queryByRole('button', { name: /Mint token|New key|Rotate key/ })).toBeNull();
  });

  it('leads from a keeper’s context, which can have no key of the app’s, to the keys that the keeper has', async () => {
    const { user } = await openPage('Keys', { contexts: [sampleKeeperContext()] });
    await screen.findByText(/The keys that Acme Custody keeps are on a page of their own/);
    expect(screen.queryByText(/sign in again with a key/)).toBeNull();
    await user.click(screen.getByRole('button', { name: 'Show remote keys' }));
    await screen.findByRole('heading', { level: 1, name: 'Remote keys' });
  });

  it('of a dev token says nowhere that it ends', async () => {
    await openPage('Tokens', { contexts: [sampleKeeperContext({ endsAt: null })] });
    await screen.findByText(/signs in with the dev token of Acme Custody/);
    expect(screen.queryByText(/until it ends/)).toBeNull();
  });
});

describe('a context that mints no tokens', () => {
  it.each([
    ['session', 'Copy token', 'eyJ…', /ends within 15 minutes/],
    ['api-key', 'Copy API key', 'nsk_…', /what the key may/],
  ] as const)(
    'of a %s has what other programs need copied by main',
    async (kind, raw, placeholder, words) => {
      const { user, requests } = await openPage('Tokens', { contexts: [contextOf(kind)] });
      await screen.findByText(words);
      // Nothing is minted here.
      expect(screen.getAllByRole('tab').map(({ textContent }) => textContent)).toEqual(['Use', 'Inspect']);
      expect(screen.getByLabelText('What is copied, without the secret').textContent).toContain(
        `Bearer ${placeholder}`,
      );
      await user.click(screen.getByRole('button', { name: raw }));
      await user.click(screen.getByRole('radio', { name: '.netrc' }));
      await user.click(screen.getByRole('button', { name: 'Copy .netrc line' }));
      await waitFor(() => {
        expect(requests('tokens.copyCredential')).toMatchObject([{ form: 'raw' }, { form: 'netrc' }]);
      });
      expect(screen.queryByRole('button', { name: 'Mint token' })).toBeNull();
    },
  );

  it('says so when it cannot be had', async () => {
    const failures = { 'tokens.copyCredential': { code: 'session_expired' } } as const;
    const { user } = await openPage('Tokens', { contexts: [contextOf('session')], failures });
    await user.click(await screen.findByRole('button', { name: 'Copy token' }));
    await screen.findByText('The session has ended');
  });
});

describe('signing out', () => {
  it.each([
    [
      'api-key',
      'Acme Registry is asked to revoke the API key.',
      'API key “Keyhold on laptop” revoked by Acme Registry.',
    ],
    ['session', 'Acme Registry is asked to end the session.', 'Session ended by Acme Registry.'],
    [
      'pasted',
      'Nothing ends a token at Acme Registry before its time',
      /^Nothing ends it at Acme Registry before its time: a copy of it elsewhere is good until/,
    ],
  ] as const)('of an %s says so before and after', async (kind, before, after) => {
    const { user } = openWindow({ contexts: [contextOf(kind)] });
    await user.click(await screen.findByRole('button', { name: 'Sign out…' }));
    const dialog = await screen.findByRole('dialog', { name: 'Sign out of “Production”?' });
    expect(within(dialog).getAllByRole('listitem')[0]?.textContent).toContain(before);
    expect(dialog.textContent).toContain('To use it again, sign in again.');
    expect(dialog.textContent).not.toMatch(/private key|live token/);
    await user.click(within(dialog).getByRole('button', { name: 'Sign out' }));
    await screen.findByText(after);
    expect(screen.queryByText(/Private key/)).toBeNull();
  });

  it('says what becomes of an API key that was not revoked', async () => {
    const signOut = { revocations: ['unreachable'], left: ['none'], stuck: [] } as const;
    const { user } = openWindow({ contexts: [contextOf('api-key')], signOut });
    await user.click(await screen.findByRole('button', { name: 'Sign out…' }));
    await user.click(await screen.findByRole('button', { name: 'Sign out' }));
    await screen.findByText(
      /^API key “Keyhold on laptop” not revoked: .* Keyhold keeps it sealed for that and asks again by itself, see Settings\.$/,
    );
  });

  it('of all names no key where they are of several kinds', async () => {
    const second = { ...contextOf('session'), id: '6f1c2f0e-3b7d-4c19-9a52-0d6f6b1f2a09', current: false };
    const { user } = openWindow({ contexts: [sampleContext(), { ...second, name: 'Second' }] });
    await user.click(await screen.findByRole('button', { name: /^Context:/ }));
    await user.click(await screen.findByRole('button', { name: 'Sign out of all…' }));
    await screen.findByText('The service is asked to revoke the key or API key, or to end the session.');
  });
});

describe('a context that is signed out of a service that takes no keys', () => {
  it('offers no sign-in by a key', async () => {
    const facts = { state: 'signed_out', credential: null, maxTokenTtl: null } as const;
    openWindow({ contexts: [sampleContext({ ...facts, capabilities: [] })] });
    await screen.findByText(/takes no keys/);
    expect(screen.queryByRole('button', { name: 'Sign in again' })).toBeNull();
  });
});
