import { createTransport } from 'nodemailer';
import { isLoopbackHost } from '../../contracts/domain/origin.ts';
import type { SmtpSettings } from '../config/mail.ts';
import type { Deliver } from './message.ts';

/** Milliseconds until a mail server that says nothing is given up: somebody waits for the answer. */
const patience = 10_000;

/**
 * Delivers to a mail server (RFC 5321), over a connection of its own for each mail. Off this computer only under TLS: mails
 * carry links that are secrets.
 */
export function smtpDelivery({ host, port, secure, login }: SmtpSettings): Deliver {
  const isHere = isLoopbackHost(host);
  const transport = createTransport({
    host,
    port,
    secure,
    requireTLS: !isHere,
    // A mail server on this computer often has a certificate that nobody vouches for.
    ignoreTLS: isHere,
    ...(login === null ? {} : { auth: { user: login.user, pass: login.password } }),
    connectionTimeout: patience,
    greetingTimeout: patience,
    socketTimeout: patience,
    dnsTimeout: patience,
  });
  return async (message) => {
    await transport.sendMail(message);
  };
}
