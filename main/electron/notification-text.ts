import { printable } from '../../contracts/domain/printable.ts';

/** Signs of markup, and what looks like them. */
const lookalikes: Readonly<Record<string, string>> = { '<': '‹', '>': '›', '&': '＆' };

/**
 * A text for a notification of the desktop. Many desktops read markup in it, links and pictures too (Desktop
 * Notifications Specification 1.2, "Markup"), others show what is escaped as it is: so nothing in it is markup.
 */
export function notificationText(text: string): string {
  return printable(text).replace(/[<>&]/g, (sign) => lookalikes[sign] ?? sign);
}
