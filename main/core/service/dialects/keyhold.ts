import { z } from 'zod';
import type { Capability } from '../../../../contracts/domain/capability.ts';
import {
  botListSchema,
  botSchema,
  grantListSchema,
  grantSchema,
  repositoryListSchema,
  userSchema,
  whoamiSchema,
} from '../../../../contracts/server-api/index.ts';
import type { Forms, RefusalForm } from '../client.ts';
import { readAnswer } from '../read-answer.ts';

/*
 * Answers of the Keyhold API as clients read them: what the contract says, except that lists of codes, roles, rights
 * and methods are open. A later server may have more of them, and stays of use.
 */

/** A name from a list that later servers may lengthen. */
const openName = z.string().max(100);

const refusalSchema = z.object({
  error: z.object({
    code: openName,
    message: z.string().optional().catch(undefined),
    details: z.unknown().optional(),
  }),
});

/** The body of every refusal outside `/v2`: `{ "error": { "code", "message", "details" } }`. */
export const keyholdRefusal: RefusalForm = ({ text }) => {
  const body = readAnswer(text, refusalSchema);
  if (body === null) return null;
  const { code, message: words, details } = body.error;
  return { code, words, details };
};

/** Reads an answer of the Keyhold API by a schema. */
export function keyholdForms<Schema extends z.ZodType>(
  schema: Schema,
  maxValues?: number,
): Forms<z.output<Schema>> {
  return { value: ({ text }) => readAnswer(text, schema, maxValues), refusal: keyholdRefusal };
}

/**
 * For requests whose success has no content: any other success is not the service's (a network that wants a sign-in).
 */
export const keyholdDone: Forms<true> = {
  value: ({ status }) => (status === 204 ? true : null),
  refusal: keyholdRefusal,
};

/** Who we are, as far as the app asks. What the credential is, it knows itself. */
export const whoamiAnswer = whoamiSchema.omit({ auth: true }).extend({
  user: userSchema.pick({ id: true, display_name: true }).optional(),
  role: openName.nullable(),
  status: openName.optional(),
});
export type Whoami = z.output<typeof whoamiAnswer>;

export const grantAnswer = grantSchema.extend({ permission: openName });
export type Grant = z.output<typeof grantAnswer>;
export const grantListAnswer = grantListSchema.extend({ authorizations: z.array(grantAnswer) });

export const botAnswer = botSchema.extend({
  authorizations: z.array(botSchema.shape.authorizations.element.extend({ permission: openName })),
});
export type Bot = z.output<typeof botAnswer>;
export const botListAnswer = botListSchema.extend({ bots: z.array(botAnswer) });

const repositoryEntry = repositoryListSchema.shape.repositories.element.extend({
  actions: z.array(openName),
});
export type RepositoryEntry = z.output<typeof repositoryEntry>;
export const repositoryListAnswer = repositoryListSchema.extend({ repositories: z.array(repositoryEntry) });

/** What a service of this dialect can do: bots always; repositories are those of its registry. */
export function keyholdCapabilities({ hasRegistry }: { hasRegistry: boolean }): Capability[] {
  return hasRegistry ? ['repositories', 'bots'] : ['bots'];
}
