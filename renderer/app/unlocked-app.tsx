import '@fontsource-variable/jetbrains-mono/wght.css';
import '../ui/mantine.css';
import { MantineProvider } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { useEffect, useState, type ReactNode } from 'react';
import { MemoryRouter, type InitialEntry } from 'react-router';
import { createQueryClient } from '../ui/query-client.ts';
import { styleNonce } from '../lib/style-nonce.ts';
import { lazy } from '../ui/lazy.tsx';
import { theme } from '../ui/theme.ts';
import { pages } from './page-table.ts';
import { Shell } from './shell.tsx';

const Toasts = lazy(async () => (await import('./toasts.tsx')).Toasts);

export interface UnlockedAppProps {
  /** The page that it begins with. */
  start: InitialEntry;
}

/** Has the page that comes up first drawn at once. Where its code does not come, the page's own boundary says so. */
export async function fetchFirstPage(): Promise<void> {
  await pages[0]?.page.fetch().catch(() => undefined);
}

/** All that is behind the gate. Unmounted when the vault locks, and with it everything that was read. */
export function UnlockedApp({ start }: UnlockedAppProps): ReactNode {
  const [client] = useState(createQueryClient);
  useEffect(
    () => () => {
      client.clear();
      notifications.clean();
    },
    [client],
  );
  return (
    // Light or dark is what the window's media query says: main sets it from the settings.
    <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={styleNonce}>
      <QueryClientProvider client={client}>
        {/* Without transitions: a click always comes after the redirects that were due before it. */}
        <MemoryRouter initialEntries={[start]} useTransitions={false}>
          <Shell />
        </MemoryRouter>
      </QueryClientProvider>
      <Toasts />
    </MantineProvider>
  );
}
