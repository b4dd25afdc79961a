import { Notifications } from '@mantine/notifications';
import type { ReactNode } from 'react';

/** The place for toasts; those that came before it wait in their module. */
export function Toasts(): ReactNode {
  return <Notifications position="bottom-right" limit={3} autoClose={4000} />;
}
