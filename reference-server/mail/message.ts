import type { createTransport } from 'nodemailer';

/** One mail on its way, complete. */
export type Message = Parameters<ReturnType<typeof createTransport>['sendMail']>[0];

/** Hands a mail over. @throws Error with a `code` when that was not possible */
export type Deliver = (message: Message) => Promise<void>;
