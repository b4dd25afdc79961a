import { act, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { freshMs, standingOf } from '../../contracts/domain/context-standing.ts';
import type { KeyValidity } from '../../contracts/domain/key.ts';
import { perClient } from '../../contracts/domain/registry-client.ts';
import type { SignInState } from '../../contracts/domain/sign-in.ts';
import { standingWords } from '../../renderer/features/contexts/standing-words.ts';
import { errorTone } from '../../renderer/lib/error-text.ts';
import { endedWords } from '../../renderer/features/tokens/ended-words.ts';
import { verdictOf } from '../../renderer/features/tokens/inspection-words.ts';
import {
  productionId,
  sampleContext,
  sampleInspection,
  sampleKey,
  sampleRegistry,
  sampleRotation,
  sampleSignIn,
  sampleToken,
  stagingId,
  timeFromNow,
} from '../support/samples.ts';
import { sampleTroubles } from '../support/world-doctor.ts';
import { openPage, openWindow } from './open-window.tsx';

const switcher = (): Promise<HTMLElement> => screen.findByRole('button', { name: /^Context: / });
const dotOf = (element: HTMLElement): string | null | undefined =>
  element.querySelector('[data-standing]')?.getAttribute('data-standing');
const at = timeFromNow(-120);

describe('the state of a sign-in', () => {
  it('counts as good only while it is fresh', () => {
    const context = sampleContext();
    const asked = Date.parse(context.signIn.checkedAt ?? '');
    expect(standingOf(context, asked + freshMs)).toBe('signed_in');
    expect(standingOf(context, asked + freshMs + 1)).toBe('stale');
    // The window's minute may lag behind, by a moment; not a clock that was set back.
    expect(standingOf(context, asked - 1000)).toBe('signed_in');
    expect(standingOf(context, asked - freshMs - 1)).toBe('stale');
    expect(standingWords(context, asked + 2 * freshMs)).toBe(
      'signed in when last checked, checked 30 minutes ago',
    );
    expect(standingOf({ ...context, state: 'signed_out' }, asked)).toBe('signed_out');
  });

  it('is the same in the sidebar, in the switcher and on the page', async () => {
    const states: [SignInState, string][] = [
      ['not_accepted', 'Not signed in'],
      ['refused', 'Not signed in'],
      ['expired', 'Not signed in'],
      ['unreachable', 'Not known whether you are signed in'],
      ['foreign', 'Not known whether you are signed in'],
      ['unknown', 'Not known whether you are signed in'],
      ['signed_in', 'Signed in as Ada Lindqvist'],
    ];
    const { user, world, emit } = openWindow();
    const button = await switcher();
    for (const [state, title] of states) {
      world.contexts = [sampleContext({ signIn: sampleSignIn(state) })];
      act(() => {
        emit('signInChanged');
      });
      await waitFor(() => {
        expect(dotOf(button)).toBe(state);
      });
      const heading = await screen.findByRole('heading', { level: 2, name: title });
      const summary = heading.closest('[data-signed-in]');
      expect(summary?.getAttribute('data-signed-in') === 'yes').toBe(state === 'signed_in');
      if (state !== 'signed_in') expect(summary?.textContent).toMatch(/Last seen signed in \d+ minutes ago/);
      await user.click(button);
      expect(dotOf(await screen.findByRole('option', { name: /Production/ }))).toBe(state);
      await user.keyboard('{Escape}');
    }
  });

  it('changes everywhere at once, without another question to the service', async () => {
    const { world, emit, requests } = openWindow();
    await screen.findByRole('heading', { name: 'Signed in as Ada Lindqvist' });
    world.contexts = world.contexts.map((context) => ({ ...context, signIn: sampleSignIn('unreachable') }));
    act(() => {
      emit('signInChanged');
    });
    await screen.findByText('The service cannot be reached');
    expect(screen.queryByText(/^Signed in as/)).toBeNull();
    expect(dotOf(await switcher())).toBe('unreachable');
    expect(requests('contexts.status')).toHaveLength(1);
  });

  it('is one result at a time: a look that fails leaves no success below it', async () => {
    const { user, world } = openWindow();
    await screen.findByRole('heading', { name: 'Signed in as Ada Lindqvist' });
    world.failures = { 'contexts.status': { code: 'storage_failed' } };
    await user.click(screen.getByRole('button', { name: 'Check again' }));
    await screen.findByRole('alert');
    expect(screen.queryByText(/^Signed in as/)).toBeNull();
    expect(screen.getByText(/^Last seen signed in/)).toBeDefined();
  });

  it('of a key that the service does not know is said on the Keys page too', async () => {
    await openPage('Keys', { contexts: [sampleContext({ signIn: sampleSignIn('not_accepted') })] });
    const table = await screen.findByRole('table', { name: 'Keys' });
    expect(within(table).getByText('Refused')).toBeDefined();
    expect(within(table).queryByText('Signs')).toBeNull();
  });

  it.each(['Repositories', 'Bots'])(
    'of a pending context leads from %s to the registration',
    async (page) => {
      const { requests } = await openPage(page, { contexts: [sampleContext({ state: 'pending' })] });
      await screen.findByRole('button', { name: 'Register key' });
      expect(screen.queryByRole('alert')).toBeNull();
      expect([...requests('grants.repositories'), ...requests('bots.list')]).toEqual([]);
    },
  );

  it('is asked for when the window is looked at again, once a minute at most', async () => {
    const { requests } = openWindow();
    await screen.findByRole('heading', { name: 'Signed in as Ada Lindqvist' });
    act(() => {
      window.dispatchEvent(new Event('focus'));
    });
    expect(requests('contexts.status')).toHaveLength(1);
  });
});

describe('a rotation that fails', () => {
  it('does not stand above the good end of the one before', async () => {
    const { user } = await openPage('Keys', {
      rotation: sampleRotation({ step: 'done', running: false }),
      failures: { 'keys.rotate': { code: 'server_unreachable' } },
    });
    await screen.findByText('Key rotated');
    await user.click(screen.getByRole('button', { name: 'Rotate key' }));
    const dialog = await screen.findByRole('dialog', { name: 'Rotate “This computer”?' });
    await user.click(within(dialog).getByRole('button', { name: 'Rotate key' }));
    await screen.findByText('The service cannot be reached');
    expect(screen.queryByText('Key rotated')).toBeNull();
  });
});

describe('a rotation that succeeded', () => {
  it('is not said above a key that the service refuses since', async () => {
    await openPage('Keys', {
      rotation: sampleRotation({ step: 'done', running: false }),
      contexts: [sampleContext({ signIn: sampleSignIn('not_accepted') })],
    });
    await screen.findByText('Refused');
    expect(screen.queryByText('Key rotated')).toBeNull();
  });
});

describe('what a failure looks like', () => {
  it('is no error after one’s own no, nor where the service is out of reach; it is read out all the same', () => {
    expect(errorTone('not_confirmed')).toBe('info');
    expect(errorTone('service_not_confirmed')).toBe('info');
    expect(errorTone('server_unreachable')).toBe('warning');
    expect(errorTone('storage_failed')).toBe('error');
  });

  it('is the same on every page: a service out of reach', async () => {
    await openPage('Repositories', { failures: { 'grants.repositories': { code: 'server_unreachable' } } });
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain('The service cannot be reached');
    expect(alert.dataset['tone']).toBe('warning');
  });
});

describe('the registries', () => {
  const troubled = (state: 'broken' | 'warning'): ReturnType<typeof sampleRegistry> =>
    sampleRegistry({
      clients: {
        ...perClient(() => ({ entry: 'keyhold' as const, canUndo: true, fault: null, trouble: null })),
        podman: {
          entry: 'keyhold',
          canUndo: true,
          fault: null,
          trouble: { state, subject: 'Helper program' },
        },
      },
    });

  it.each([
    ['broken', 'Does not work'],
    ['warning', 'Worth a look'],
  ] as const)('say what the Doctor finds about an entry: %s', async (state, words) => {
    const { user } = await openPage('Registries', {
      registries: [troubled(state)],
      findings: [sampleTroubles.password, sampleTroubles.docker],
    });
    await screen.findByText(words);
    expect(screen.getAllByText('Uses Keyhold')).toHaveLength(1);
    expect(screen.getByRole('button', { name: 'Doctor, 2 things to look at' })).toBeDefined();
    await user.click(screen.getByRole('link', { name: 'Doctor: Helper program' }));
    await screen.findByRole('dialog', { name: 'Doctor' });
  });

  it('are read anew when the window is looked at', async () => {
    const { world } = await openPage('Registries', { registries: [sampleRegistry()] });
    expect(await screen.findAllByText('Uses Keyhold')).toHaveLength(2);
    world.registries = [troubled('broken')];
    act(() => {
      window.dispatchEvent(new Event('focus'));
    });
    await screen.findByText('Does not work');
  });

  it('show nothing good of before when they cannot be read', async () => {
    const { world } = await openPage('Registries', { registries: [sampleRegistry()] });
    await screen.findAllByText('Uses Keyhold');
    world.failures = { 'registries.list': { code: 'storage_failed' } };
    act(() => {
      window.dispatchEvent(new Event('focus'));
    });
    await screen.findByRole('alert');
    expect(screen.queryByText('Uses Keyhold')).toBeNull();
  });
});

describe('a token whose key has ended', () => {
  const ended: KeyValidity = { state: 'revoked', at };

  it('is listed without its countdown and without Copy', async () => {
    await openPage('Tokens', { tokens: [sampleToken({ key: ended })] });
    const list = within(await screen.findByRole('list', { name: 'Recent tokens' }));
    expect(list.getByRole('listitem').textContent).toMatch(
      /Its key was revoked at .*: the service refuses it\./,
    );
    expect(list.getByText('Ended')).toBeDefined();
    expect(list.queryByText(/expires in/)).toBeNull();
    expect(list.queryByRole('button', { name: 'Copy' })).toBeNull();
    expect(list.getByRole('button', { name: /^Forget token/ })).toBeDefined();
  });

  it('is not offered by its card any more, once main says so', async () => {
    const { user, world, emit } = await openPage('Tokens');
    await user.click(screen.getByRole('button', { name: 'Mint token' }));
    await screen.findByRole('button', { name: 'Copy token' });
    world.tokens = world.tokens.map((token) => ({ ...token, key: ended }));
    act(() => {
      emit('tokensChanged');
    });
    await screen.findByText('The token has ended');
    expect(screen.queryByRole('button', { name: /^(Copy|Reveal) / })).toBeNull();
  });

  it.each<[KeyValidity, string, string]>([
    [{ state: 'revoked', at }, 'error', 'Genuine, but its key is revoked'],
    [{ state: 'deleted', at }, 'warning', 'Genuine, but its key is deleted'],
    [{ state: 'expired', at }, 'warning', 'Genuine, but its key is over its age limit'],
    [{ state: 'unregistered' }, 'warning', 'Genuine, but its key is not registered'],
  ])('of %j is never called valid', (key, tone, title) => {
    const token = sampleInspection();
    if (token.signature.state !== 'verified') throw new Error('a genuine token');
    const inspected = { ...token, signature: { ...token.signature, key } };
    expect(verdictOf(inspected, Date.now())).toMatchObject({ tone, title });
    expect(endedWords(sampleToken({ key }), Date.now())).not.toBeNull();
  });
});

describe('before a key goes', () => {
  const { kid } = sampleKey();
  const liveTokens = [
    { contextId: productionId, kid, count: 3, until: timeFromNow(3600) },
    { contextId: stagingId, kid: 'another', count: 7, until: timeFromNow(7200) },
  ];
  const ends = /^This ends 3 live tokens made here, valid until .*\d\d:\d\d at the latest/;

  it('its live tokens are counted: rotating', async () => {
    const { user, requests } = await openPage('Keys', { liveTokens });
    await user.click(screen.getByRole('button', { name: 'Rotate key' }));
    expect(await screen.findByText(ends)).toBeDefined();
    expect(requests('keys.rotate')).toEqual([]);
  });

  it('its live tokens are counted: revoking', async () => {
    const { user } = await openPage('Keys', { liveTokens });
    await user.click(await screen.findByRole('button', { name: 'This computer' }));
    await user.click(await screen.findByRole('button', { name: 'Revoke key…' }));
    expect(await screen.findByText(ends)).toBeDefined();
  });

  it('its live tokens are counted: signing out, and of all', async () => {
    const { user } = openWindow({ liveTokens });
    await user.click(await screen.findByRole('button', { name: 'Sign out…' }));
    expect(await screen.findByText(ends)).toBeDefined();
    await user.click(screen.getByRole('button', { name: 'Cancel' }));
    await user.click(await switcher());
    await user.click(await screen.findByRole('button', { name: 'Sign out of all…' }));
    expect(await screen.findByText(/^This ends 10 live tokens/)).toBeDefined();
  });

  it('removing says that they live on', async () => {
    const { user } = openWindow({ liveTokens });
    await user.click(await screen.findByRole('button', { name: 'Remove context…' }));
    expect(await screen.findByText(/^The service goes on taking 3 live tokens/)).toBeDefined();
  });

  it('it is said that none is known', async () => {
    const { user } = await openPage('Keys');
    await user.click(screen.getByRole('button', { name: 'Rotate key' }));
    expect(await screen.findByText(/^No live token is known/)).toBeDefined();
  });
});

describe('what is said of a action', () => {
  it('goes when the next action begins, and a failure with its page', async () => {
    const { user, world } = await openPage('Tokens', {
      tokens: [sampleToken()],
      failures: { 'tokens.forget': { code: 'storage_failed' } },
    });
    await user.click(await screen.findByRole('button', { name: /^Forget token/ }));
    await screen.findByRole('alert');
    world.failures = {};
    await user.click(screen.getByRole('button', { name: 'Mint token' }));
    await waitFor(() => {
      expect(screen.queryByRole('alert')).toBeNull();
    });
    world.failures = { 'tokens.forget': { code: 'storage_failed' } };
    await user.click((await screen.findAllByRole('button', { name: /^Forget token/ }))[0] ?? document.body);
    await screen.findByRole('alert');
    await user.click(screen.getByRole('link', { name: 'Keys' }));
    await waitFor(() => {
      expect(screen.queryByRole('alert')).toBeNull();
    });
  });
});
