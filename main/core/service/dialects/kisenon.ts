import { z } from 'zod';
import type { Capability } from '../../../../contracts/domain/capability.ts';
import {
  acceptedInvitationSchema,
  apiKeyListSchema,
  apiKeyPattern,
  apiKeySchema,
  createdApiKeySchema,
  invitationListSchema,
  invitationSchema,
  invitationViewSchema,
  inviteAnswerSchema,
  memberListSchema,
  memberSchema,
  organizationListSchema,
  organizationSchema,
  sentInvitationSchema,
} from '../../../../contracts/server-api/kisenon/index.ts';
import { whoamiSchema } from '../../../../contracts/server-api/index.ts';

/*
 * Answers of Kisenon's API as clients read them: what the contract says, except that roles and capabilities are open. A
 * later server may have more of them, and stays of use.
 */

const openName = z.string().max(100);

/** What a service of this dialect can do. What the signed-in user may do of it, each page finds out. */
export const kisenonCapabilities: readonly Capability[] = [
  'organizations',
  'members',
  'api-keys',
  'projects',
  'accounts',
];

/** Who we are, in which organization, and what limits the credential. */
export const actingAnswer = whoamiSchema.extend({
  user: whoamiSchema.shape.user.unwrap().pick({ id: true }).optional(),
  role: openName.nullable(),
  status: openName.optional(),
  auth: z.object({ method: openName, scopes: z.array(z.string().max(200)), inert: z.boolean().optional() }),
});
export type ActingAnswer = z.output<typeof actingAnswer>;

export const organizationAnswer = organizationSchema.extend({ role: openName });
export const organizationListAnswer = organizationListSchema.extend({ orgs: z.array(organizationAnswer) });

export const memberAnswer = memberSchema.extend({ role: openName });
export const memberListAnswer = memberListSchema.extend({ members: z.array(memberAnswer) });

const invitationAnswer = invitationSchema.extend({ role: openName });
export const sentInvitationAnswer = sentInvitationSchema.extend({ role: openName });
export type SentInvitationAnswer = z.output<typeof sentInvitationAnswer>;
export const invitationListAnswer = invitationListSchema.extend({ invitations: z.array(invitationAnswer) });
export const inviteAnswer = inviteAnswerSchema.extend({ invited: z.array(sentInvitationAnswer) });

export const invitationViewAnswer = invitationViewSchema.extend({ role: openName });
export const acceptedInvitationAnswer = acceptedInvitationSchema.extend({ role: openName });

export const apiKeyAnswer = apiKeySchema.extend({ capability: openName });
export type ApiKeyAnswer = z.output<typeof apiKeyAnswer>;
export const apiKeyListAnswer = apiKeyListSchema.extend({ api_keys: z.array(apiKeyAnswer) });
export const createdApiKeyAnswer = createdApiKeySchema.extend({
  capability: openName,
  // It is copied into commands.
  secret: z.string().regex(apiKeyPattern),
});

/** A person as the window shows one. Who has no name is called by the user name. */
export function personOf({ id, username, email, display_name: name }: z.output<typeof memberSchema>['user']) {
  return { userId: id, username, name: name === '' ? username : name, email };
}
