import { render, screen, waitFor } from '@testing-library/react';
import { afterEach, expect, it, vi } from 'vitest';
import { OpenedApp } from '../../renderer/app/opened-app.tsx';
import { createWorld } from '../support/world.ts';

afterEach(() => {
  vi.useRealTimers();
});

it('the app is there with the first render when its code was fetched before', async () => {
  const { api, calls } = createWorld();
  Object.assign(window, { keyhold: api });
  await OpenedApp.fetch();
  render(<OpenedApp restoring={false} />);
  // None of its placeholders asks for anything.
  expect(calls.map(({ call }) => call)).toContain('contexts.current');
  await screen.findByRole('heading', { name: 'Status' });
});

it('holds nothing of what was read once the vault is locked', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: true });
  Object.assign(window, { keyhold: createWorld().api });
  const { unmount } = render(<OpenedApp restoring={false} />);
  await screen.findByRole('heading', { name: 'Status' });
  await waitFor(() => {
    expect(document.querySelector('[aria-busy="true"]')).toBeNull();
  });
  unmount();
  // A timer keeps alive whatever it would work on.
  await vi.advanceTimersByTimeAsync(10_000);
  expect(vi.getTimerCount()).toBe(0);
});
