import type { SendMails } from '../context.ts';
import type { MailSettings } from '../config/mail.ts';
import { codeOf } from '../error-code.ts';
import { folderDelivery } from './folder.ts';
import type { Message } from './message.ts';
import { smtpDelivery } from './smtp.ts';

/** Faults of one mail, such as an address that the mail server does not take; all others concern the next one too. */
const ofOneMail: readonly string[] = ['EENVELOPE', 'EMESSAGE'];

/**
 * Makes what sends the server's mail.
 *
 * @param name - What people see as the sender: the server's name.
 * @throws ConfigError when the folder cannot be used. Whether a mail server is there shows with the first mail.
 */
export function openOutbox({ from, by }: MailSettings, name: string): SendMails {
  const deliver = by.kind === 'folder' ? folderDelivery(by.path) : smtpDelivery(by);
  return async (mails) => {
    const reasons: (string | null)[] = [];
    let broken: string | null = null;
    for (const { to, ...texts } of mails) {
      const message: Message = {
        ...texts,
        from: { name, address: from },
        to: { name: '', address: to },
        // RFC 3834: no holiday notices to nobody.
        headers: { 'Auto-Submitted': 'auto-generated' },
        disableFileAccess: true,
        disableUrlAccess: true,
      };
      const reason: string | null = broken ?? (await reasonOf(deliver(message)));
      if (reason !== null && !ofOneMail.includes(reason)) broken = reason;
      reasons.push(reason);
    }
    return reasons;
  };
}

async function reasonOf(delivery: Promise<void>): Promise<string | null> {
  try {
    await delivery;
    return null;
  } catch (error) {
    return codeOf(error);
  }
}
