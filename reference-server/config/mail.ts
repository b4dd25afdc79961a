import { resolve } from 'node:path';
import { z } from 'zod';

const smtpSchema = z.strictObject({
  host: z.string().min(1).max(253),
  port: z.int().min(1).max(65_535),
  secure: z.boolean().optional(),
  user: z.string().min(1).max(512).optional(),
  password: z.string().min(1).max(512).optional(),
});

/** What the config file says about mail: into a folder, one file a message, or to a mail server. */
export const mailSchema = z
  .strictObject({
    outbox: z.string().min(1).optional(),
    smtp: smtpSchema.optional(),
    from: z.email().max(254).optional(),
  })
  .refine(
    ({ outbox, smtp }) => (outbox === undefined) !== (smtp === undefined),
    'Must have either outbox or smtp',
  )
  .refine(({ smtp, from }) => smtp === undefined || from !== undefined, 'Must have from, with smtp')
  .refine(
    ({ smtp }) => (smtp?.user === undefined) === (smtp?.password === undefined),
    'Must have user and password of smtp, or neither',
  );

/** How mail is sent. */
export interface MailSettings {
  /** The address that it comes from. */
  from: string;
  by: { kind: 'folder'; path: string } | ({ kind: 'smtp' } & SmtpSettings);
}

/** A mail server. */
export interface SmtpSettings {
  host: string;
  port: number;
  /** TLS from the first byte on, instead of by STARTTLS. */
  secure: boolean;
  login: { user: string; password: string } | null;
}

/** The settings, checked; null where the server is to send no mail. */
export function mailSettings(input: z.output<typeof mailSchema> | undefined): MailSettings | null {
  const from = input?.from ?? 'keyhold@localhost';
  if (input?.outbox !== undefined) return { from, by: { kind: 'folder', path: resolve(input.outbox) } };
  if (input?.smtp === undefined) return null;
  const { secure = false, user, password, ...where } = input.smtp;
  const login = user === undefined || password === undefined ? null : { user, password };
  return { from, by: { kind: 'smtp', ...where, secure, login } };
}
