import { Notifications } from '@mantine/notifications';
import type { ReactNode } from 'react';

/**
 * The place for toasts; those that came before it wait in their module. At the left, because what is done next is at the
 * right: the buttons of sheets, and those of what is selected or pending.
 */
export function Toasts(): ReactNode {
  return <Notifications position="bottom-left" limit={3} autoClose={4000} />;
}
