import { act, render, screen, waitFor } from '@testing-library/react';
import { afterEach, expect, it, vi } from 'vitest';
import { OpenedApp } from '../../renderer/app/opened-app.tsx';
import { fetchRest } from '../../renderer/ui/lazy.tsx';
import { sampleActing } from '../support/samples-team.ts';
import { createWorld } from '../support/world.ts';

afterEach(() => {
  vi.useRealTimers();
});

it('buttons keep focus and clicks when the code of what they open comes', async () => {
  // The first test here: this file shares no modules with others, so nothing is fetched yet.
  Object.assign(window, { keyhold: createWorld().api });
  await OpenedApp.fetch();
  render(<OpenedApp start="/status" />);
  // As they first are: found at once, and not by their roles, which takes longer than the code does.
  const buttons = await waitFor(() => {
    const all = [...document.querySelectorAll<HTMLElement>('aside button')];
    const two = all.filter(({ textContent }) => /^.?Context:|^Theme/.test(textContent));
    expect(two).toHaveLength(2);
    return two;
  });
  const [, theme] = buttons;
  theme?.focus();
  await act(() => fetchRest(() => Promise.resolve()));
  expect(buttons.map(({ isConnected }) => isConnected)).toEqual([true, true]);
  expect(document.activeElement).toBe(theme);
  theme?.click();
  await screen.findByRole('menuitemradio', { name: 'Dark' });
  expect(theme?.getAttribute('aria-expanded')).toBe('true');
  expect(document.getElementById(theme?.getAttribute('aria-controls') ?? '')?.role).toBe('menu');
});

it('the app is there with the first render when its code was fetched before', async () => {
  const { api, calls } = createWorld();
  Object.assign(window, { keyhold: api });
  await OpenedApp.fetch();
  render(<OpenedApp start="/status" />);
  // None of its placeholders asks for anything.
  expect(calls.map(({ call }) => call)).toContain('contexts.current');
  await screen.findByRole('heading', { name: 'Status' });
});

it('holds nothing of what was read once the vault is locked', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: true });
  Object.assign(window, { keyhold: createWorld().api });
  const { unmount } = render(<OpenedApp start="/status" />);
  await screen.findByRole('heading', { name: 'Status' });
  await waitFor(() => {
    expect(document.querySelector('[aria-busy="true"]')).toBeNull();
  });
  unmount();
  // A timer keeps alive whatever it would work on.
  await vi.advanceTimersByTimeAsync(10_000);
  expect(vi.getTimerCount()).toBe(0);
});

it.each([
  ['/api-keys', 'apiKeys.list', 60_000],
  ['/accounts', 'accounts.pending', 30_000],
] as const)('what no event tells is asked for again while %s is open', async (start, call, everyMs) => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const { api, calls } = createWorld({ acting: sampleActing({ operator: true }) });
  Object.assign(window, { keyhold: api });
  const asked = () => calls.filter((each) => each.call === call);
  const { unmount } = render(<OpenedApp start={start} />);
  await waitFor(() => expect(asked()).toHaveLength(1));
  await act(() => vi.advanceTimersByTimeAsync(everyMs));
  expect(asked()).toHaveLength(2);
  unmount();
  await vi.advanceTimersByTimeAsync(everyMs);
  expect(asked()).toHaveLength(2);
});
