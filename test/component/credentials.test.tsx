import { act, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { leftWords } from '../../renderer/features/contexts/standing-words.ts';
import { errorText } from '../../renderer/lib/error-text.ts';
import { productionId, sampleContext, sampleSignIn, timeFromNow } from '../support/samples.ts';
import { sampleUnrevoked } from '../support/world-sign-out.ts';
import type { World } from '../support/world.ts';
import { openPage, openWindow, type OpenWindow } from './open-window.tsx';
import { stepsOf } from '../../renderer/features/sign-out/sign-out-words.ts';

const kisenon = { capabilities: ['organizations', 'members', 'api-keys', 'projects', 'accounts'] } as const;

function contextOf(facts: Parameters<typeof sampleContext>[0] = {}): World['contexts'] {
  return [sampleContext({ ...kisenon, capabilities: [...kisenon.capabilities], ...facts })];
}

const session = (endsIn: number): World['contexts'] =>
  contextOf({ credential: 'session', endsAt: timeFromNow(endsIn), maxTokenTtl: null });

describe('how long a session still lasts', () => {
  it.each([
    [7 * 86_400, null],
    [12 * 3600, '12 h left'],
    [2 * 3600 - 60, '2 h left'],
    [99 * 60, '99 min left'],
    [1, '1 min left'],
    [0, null],
    [-60, null],
  ])('%i seconds before its end is said in few words: %s', (seconds, words) => {
    const [context = sampleContext()] = session(seconds);
    expect(leftWords(context, Date.parse(context.endsAt ?? '') - seconds * 1000)).toBe(words);
  });

  it('stands in the switcher and on the Status page', async () => {
    openWindow({ contexts: session(3 * 3600 + 60) });
    const switcher = await screen.findByRole('button', { name: /^Context: / });
    expect(switcher.textContent).toContain('3 h left · registry.acme.example');
    await screen.findByText('Ends');
    expect(screen.getByText('in 3 hours')).toBeDefined();
  });

  it('is said to be over once it is, with the way on', async () => {
    const { user, requests } = openWindow({ contexts: session(-1) });
    await screen.findByText(errorText('session_expired').title);
    expect(screen.getByRole('button', { name: /^Context: / }).textContent).toContain('Session ended');
    await user.click(screen.getByRole('button', { name: 'Sign in again' }));
    await screen.findByRole('dialog', { name: 'Sign in to registry.acme.example again' });
    expect(requests('browserSignIn.start')).toMatchObject([{ access: 'session', elsewhere: false }]);
  });

  it('is not shown of an API key that lasts for a year', async () => {
    openWindow({ contexts: contextOf({ credential: 'api-key', endsAt: timeFromNow(365 * 86_400) }) });
    const switcher = await screen.findByRole('button', { name: /^Context: / });
    expect(switcher.textContent).not.toContain('left');
  });
});

describe('an API key that the service refuses', () => {
  it('is said on the Status page, with the way to another one', async () => {
    const { user, requests } = openWindow({
      contexts: contextOf({ credential: 'api-key', signIn: sampleSignIn('not_accepted') }),
    });
    await screen.findByText(errorText('api_key_refused').title);
    await user.click(screen.getByRole('button', { name: 'Sign in again' }));
    expect(requests('browserSignIn.start')).toMatchObject([
      { target: { kind: 'context', contextId: productionId }, access: 'api-key' },
    ]);
  });
});

describe('a context that is signed out', () => {
  const out = { state: 'signed_out', credential: null } as const;

  it('signs in again by browser, for as long as is chosen', async () => {
    const { user, requests } = openWindow({ contexts: contextOf(out) });
    await user.click(await screen.findByRole('button', { name: 'Sign in by browser…' }));
    const dialog = await screen.findByRole('dialog', { name: 'Sign in to registry.acme.example' });
    await user.click(within(dialog).getByRole('radio', { name: 'For 12 hours' }));
    await user.click(within(dialog).getByRole('button', { name: 'Open browser' }));
    await screen.findByRole('heading', { level: 1, name: 'Sign in by browser' });
    expect(requests('browserSignIn.start')).toEqual([
      { target: { kind: 'context', contextId: productionId }, access: 'session', elsewhere: false },
    ]);
  });

  it('says in the dialog why the browser was not opened', async () => {
    const { user } = openWindow({
      contexts: contextOf(out),
      failures: { 'browserSignIn.start': { code: 'loopback_failed' } },
    });
    await user.click(await screen.findByRole('button', { name: 'Sign in by browser…' }));
    const dialog = await screen.findByRole('dialog');
    await user.click(within(dialog).getByRole('button', { name: 'Open browser' }));
    expect((await within(dialog).findByRole('alert')).textContent).toContain(
      errorText('loopback_failed').title,
    );
  });

  it('can have a key as well, where the service takes keys, and nothing else where it does not', async () => {
    const { user, requests } = openWindow({ contexts: contextOf(out) });
    await user.click(await screen.findByRole('button', { name: 'Sign in with a new key' }));
    expect(requests('signOut.signInAgain')).toHaveLength(1);
    document.body.innerHTML = '';
    openWindow({ contexts: contextOf({ ...out, maxTokenTtl: null }) });
    await screen.findByRole('button', { name: 'Sign in by browser…' });
    expect(screen.queryByRole('button', { name: 'Sign in with a new key' })).toBeNull();
  });
});

describe('signing out', () => {
  async function signOut(facts: Partial<World>): Promise<OpenWindow> {
    const opened = openWindow(facts);
    await opened.user.click(await screen.findByRole('button', { name: 'Sign out…' }));
    await opened.user.click(await screen.findByRole('button', { name: 'Sign out' }));
    return opened;
  }

  it('of an API key says that the service revoked it', async () => {
    await signOut({ contexts: contextOf({ credential: 'api-key' }) });
    await screen.findByText('API key “Keyhold on laptop” revoked by Acme Registry.');
    expect(screen.getByText('API key deleted from this computer.')).toBeDefined();
    expect(screen.queryByRole('button', { name: 'Show in Settings' })).toBeNull();
  });

  it('of what was over already speaks of no private key', () => {
    const setUps = { podman: 'none', docker: 'none' } as const;
    const steps = stepsOf({ context: sampleContext(), done: true, credentials: [], setUps });
    expect(steps.map(({ words }) => words)).toEqual(['What signed in was deleted from this computer.']);
  });

  it.each(['unreachable', 'refused'] as const)(
    'of a session that is %s says that Keyhold goes on trying, and where that is seen',
    async (revocation) => {
      const { user } = await signOut({
        contexts: session(3600),
        signOut: { revocations: [revocation], left: ['none'], stuck: [] },
        unrevoked: [sampleUnrevoked({ kind: 'session', label: null })],
      });
      await screen.findByText('Signed out, but not everything is revoked yet');
      expect(screen.getByText(/^Session not ended: .* Keyhold keeps it sealed/)).toBeDefined();
      expect(screen.queryByText('Session deleted from this computer.')).toBeNull();
      expect(screen.queryByRole('button', { name: /^Open dashboard of/ })).toBeNull();
      await user.click(screen.getByRole('button', { name: 'Show in Settings' }));
      await screen.findByRole('heading', { level: 1, name: 'Settings' });
      await screen.findByRole('heading', { level: 2, name: 'Not yet revoked' });
    },
  );
});

describe('what is not revoked yet', () => {
  const name = 'API key “Keyhold on laptop” of Production';

  it('is not there where all is revoked', async () => {
    await openPage('Settings');
    await screen.findByRole('heading', { level: 2, name: 'Security' });
    expect(screen.queryByText('Not yet revoked')).toBeNull();
  });

  it('says what was tried, and tries again', async () => {
    const { user, world, requests, emit } = await openPage('Settings', {
      unrevoked: [sampleUnrevoked()],
      revocation: 'unreachable',
    });
    const item = (await screen.findByText(name)).closest('li');
    expect(item?.textContent).toContain('registry.acme.example · not reached 2 minutes ago');
    await user.click(screen.getByRole('button', { name: `Try again to revoke ${name}` }));
    await screen.findByText('registry.acme.example could not be reached');
    world.revocation = 'revoked';
    await user.click(screen.getByRole('button', { name: `Try again to revoke ${name}` }));
    await screen.findByText('API key revoked at registry.acme.example');
    act(() => emit('unrevokedChanged'));
    await waitFor(() => {
      expect(screen.queryByText(name)).toBeNull();
    });
    expect(requests('unrevoked.retry')).toHaveLength(2);
  });

  it('is given up only after it was said what that means', async () => {
    const { user, requests } = await openPage('Settings', { unrevoked: [sampleUnrevoked()] });
    await user.click(await screen.findByRole('button', { name: `Give up: ${name}` }));
    const dialog = await screen.findByRole('dialog', { name: 'Give up revoking it?' });
    expect(dialog.textContent).toContain('stays valid at registry.acme.example');
    expect(requests('unrevoked.giveUp')).toEqual([]);
    await user.click(within(dialog).getByRole('button', { name: 'Give up' }));
    expect(requests('unrevoked.giveUp')).toEqual([{ id: sampleUnrevoked().id }]);
  });
});
