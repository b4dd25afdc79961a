import { z } from 'zod';
import { limits } from '../../domain/limits.ts';
import { nextSchema, pageQuery } from '../pages.ts';
import { instantSchema, orgSlugSchema } from '../primitives.ts';
import { orgParamsSchema, orgPath } from './organizations.ts';

/** `GET` and `POST /v1/orgs/{org}/invitations`. */
export function invitationsPath(org: string): string {
  return `${orgPath(org)}/invitations`;
}

/** How long an invitation can be accepted, from its issue or the last time that it was sent, seconds. */
export const invitationSeconds = 7 * 24 * 3600;

/** An invitation is never to become an owner. */
export const invitationRoleSchema = z.enum(['member', 'admin']);
export type InvitationRole = z.infer<typeof invitationRoleSchema>;

/** The secret part of the link `/invitations/{token}`: 256 bits. */
export const invitationTokenSchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{43}$/, 'Must be the end of an invitation link');

export const invitationIdSchema = z
  .string()
  .regex(/^inv_[a-z2-7]{26}$/, 'Must be the id of an invitation such as inv_…');
export const invitationParamsSchema = orgParamsSchema.extend({ id: invitationIdSchema });

/** Query of the list, whose `after` is an e-mail address. */
export const invitationsQuerySchema = pageQuery(200);

export const invitationSchema = z.object({
  id: invitationIdSchema,
  email: z.email(),
  role: invitationRoleSchema,
  /** User name of who sent it; null when that account is gone. */
  invited_by: z.string().nullable(),
  created_at: instantSchema,
  expires_at: instantSchema,
});
export type Invitation = z.infer<typeof invitationSchema>;

/** Answer of `GET …/invitations`: those that can still be accepted, by address. */
export const invitationListSchema = z.object({ invitations: z.array(invitationSchema), next: nextSchema });

/** Body of `POST …/invitations`: each address gets an invitation and a mail of its own. */
export const inviteRequestSchema = z.strictObject({
  emails: z.array(z.email().max(limits.emailMax)).min(1).max(limits.inviteesMax),
  role: invitationRoleSchema.default('member'),
});

/** How many invitations of one organization can be open at a time. */
export const maxOpenInvitations = 200;

/**
 * Answer 200 of `POST …/{id}/resend`: a new link and seven more days; the old link ends. Its inviter is who sends it again.
 */
export const sentInvitationSchema = invitationSchema.extend({
  /** False where no mail went out: the mail server did not take it, or the server sends none. To be sent again. */
  sent: z.boolean(),
  /** Only from a server that sends no mail: the link, for the inviter to hand on. */
  link: z.url().optional(),
});
export type SentInvitation = z.infer<typeof sentInvitationSchema>;

/**
 * Answer 201: what became of each address. Refused are those of members, and those that have an invitation that can
 * still be accepted (resend that one); what can be sent is sent all the same. With one address alone, a refusal is 409
 * `conflict`. Limits on mails: 429 `rate_limited`.
 */
export const inviteAnswerSchema = z.object({
  invited: z.array(sentInvitationSchema),
  refused: z.array(z.object({ email: z.string(), reason: z.enum(['member', 'invited']) })),
});
export type InviteAnswer = z.infer<typeof inviteAnswerSchema>;

/** `GET /v1/invitations/{token}`: what an invitation is to, before it is accepted; needs a signed-in person. */
export function invitationPath(token: string): string {
  return `/v1/invitations/${token}`;
}
export const invitationTokenParamsSchema = z.strictObject({ token: invitationTokenSchema });
export const invitationViewSchema = z.object({
  org: z.object({ slug: orgSlugSchema, name: z.string() }),
  role: invitationRoleSchema,
  invited_by: z.string().nullable(),
  expires_at: instantSchema,
  /** Whether it is to the caller's address; others get `invitation_wrong_account` when they accept. */
  for_you: z.boolean(),
});

/** Answer of `POST /v1/invitations/{token}/accept`. */
export const acceptedInvitationSchema = z.object({ org: orgSlugSchema, role: invitationRoleSchema });
