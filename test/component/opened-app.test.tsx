import { render, screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import { fetchUnlockedApp, OpenedApp } from '../../renderer/app/opened-app.tsx';
import { createWorld } from '../support/world.ts';

it('the app is there with the first render when its code was fetched before', async () => {
  Object.assign(window, { keyhold: createWorld().api });
  await fetchUnlockedApp();
  render(<OpenedApp restoring={false} />);
  // The place for toasts belongs to the app and to none of its placeholders.
  expect(document.querySelector('.mantine-Notifications-root')).not.toBeNull();
  await screen.findByRole('heading', { name: 'Status' });
});
