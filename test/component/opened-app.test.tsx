import { render, screen, waitFor } from '@testing-library/react';
import { afterEach, expect, it, vi } from 'vitest';
import { fetchUnlockedApp, OpenedApp } from '../../renderer/app/opened-app.tsx';
import { createWorld } from '../support/world.ts';

afterEach(() => {
  vi.useRealTimers();
});

it('the app is there with the first render when its code was fetched before', async () => {
  Object.assign(window, { keyhold: createWorld().api });
  await fetchUnlockedApp();
  render(<OpenedApp restoring={false} />);
  // The place for toasts belongs to the app and to none of its placeholders.
  expect(document.querySelector('.mantine-Notifications-root')).not.toBeNull();
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
