import { Eta } from 'eta';
import { join } from 'node:path';
import { printable } from '../../contracts/domain/printable.ts';
import type { InvitationRole } from '../../contracts/server-api/kisenon/invitations.ts';
import type { OutgoingMail } from '../context.ts';

const views = new Eta({ views: join(import.meta.dirname, 'views'), cache: true, autoEscape: true });

/** Longest name in a mail, UTF-16 units: what people call themselves may be longer. */
const longestName = 64;

/** What the mail of an invitation says. */
interface InvitationWords {
  /** The invited address. */
  email: string;
  serverName: string;
  /** Slug of the organization. */
  org: string;
  orgName: string;
  inviter: { name: string; email: string };
  role: InvitationRole;
  link: string;
  /** RFC 3339. */
  expires_at: string;
}

const until = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });

/**
 * The mail of an invitation, as text and as HTML that says the same. Names that people gave themselves stand in it as one
 * line of what can be seen.
 */
export function invitationMail({
  email,
  role,
  link,
  expires_at,
  inviter,
  ...names
}: InvitationWords): OutgoingMail {
  const org = names.org;
  const orgName = printable(names.orgName, longestName);
  const inviterName = printable(inviter.name, longestName);
  const serverName = printable(names.serverName, longestName);
  const lines = {
    title: `${inviterName} invites you to ${orgName}`,
    who:
      `${inviterName} (${inviter.email}) invites you to join ${orgName} (${org}) on ${serverName} as ` +
      `${role === 'admin' ? 'an admin' : 'a member'}.`,
    how: `To accept, open this link and sign in as ${email}:`,
    button: 'See the invitation',
    link,
    until: `It can be accepted once, until ${until.format(new Date(expires_at))} UTC, and by nobody else.`,
    stranger: 'If you do not expect this, you need not do anything.',
  };
  const { title, who, how, until: end, stranger } = lines;
  return {
    to: email,
    subject: title,
    text: [who, how, link, end, stranger].map((line) => `${line}\n`).join('\n'),
    html: views.render('./invitation', lines),
  };
}
