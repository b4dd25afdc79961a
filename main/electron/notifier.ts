import { Notification } from 'electron';
import type { Notifier } from '../core/ports.ts';

/** The desktop's own notifications; nothing happens where it has none. */
export const systemNotifier: Notifier = {
  show(title, body) {
    if (Notification.isSupported()) new Notification({ title, body }).show();
  },
};
