import { Notification } from 'electron';
import { notificationText } from './notification-text.ts';
import type { Notifier } from '../core/ports.ts';

/** The desktop's own notifications; nothing happens where it has none. */
export const systemNotifier: Notifier = {
  show(title, body) {
    notify(title, body, false);
  },
};

/** Shows a notification, without a sound if `silent`. */
export function notify(title: string, body: string, silent: boolean): void {
  if (!Notification.isSupported()) return;
  new Notification({ title: notificationText(title), body: notificationText(body), silent }).show();
}
