import { z } from 'zod';
import { grantPermissionSchema } from './authorizations.ts';
import { publicKeySchema } from './keys.ts';
import { nextSchema, pageQuery } from './pages.ts';
import { botNameSchema, botSubjectSchema, instantSchema, kidSchema, orgSlugSchema } from './primitives.ts';

/** `/v1/orgs/{org}/bots`, for admins and owners of the organization. */
export function botsPath(org: string): string {
  return `/v1/orgs/${org}/bots`;
}

/** Path of the list. */
export const botsParamsSchema = z.strictObject({ org: orgSlugSchema });

/** Query of the list, whose `after` is a bot's name. */
export const botsQuerySchema = pageQuery(25);

/** Path of one bot. */
export const botParamsSchema = botsParamsSchema.extend({ bot: botNameSchema });

/** Path of one of a bot's keys. */
export const botKeyParamsSchema = botParamsSchema.extend({ kid: kidSchema });

/** Body of `POST /v1/orgs/{org}/bots`; 409 when the organization has a bot of that name. */
export const createBotRequestSchema = z.strictObject({ name: botNameSchema });

/** Who a bot is, as `GET /v1/whoami` tells it. `subject` goes into the tokens that it signs. */
export const botIdentitySchema = z.object({
  id: z.string(),
  org: orgSlugSchema,
  name: botNameSchema,
  subject: botSubjectSchema,
});
export type BotIdentity = z.infer<typeof botIdentitySchema>;

/** How many of a bot's authorizations stand with it; `GET …/authorizations` of the repositories has them all. */
export const shownAuthorizations = 200;

/** A bot with its keys that are not revoked and the first of its authorizations that have not ended, by repository. */
export const botSchema = botIdentitySchema.extend({
  created_at: instantSchema,
  /** User name of who made it; null when that account is gone. */
  created_by: z.string().nullable(),
  keys: z.array(publicKeySchema),
  authorizations: z.array(
    z.object({
      repository: z.string(),
      permission: grantPermissionSchema,
      expires_at: instantSchema.nullable(),
    }),
  ),
  authorization_count: z.number().int().nonnegative(),
});
export type Bot = z.infer<typeof botSchema>;

/** Answer of `GET /v1/orgs/{org}/bots`, by name. */
export const botListSchema = z.object({ bots: z.array(botSchema), next: nextSchema });
export type BotList = z.infer<typeof botListSchema>;
