import { z } from 'zod';
import type { Capability } from '../../../../contracts/domain/capability.ts';
import { limits } from '../../../../contracts/domain/limits.ts';
import type { CredentialKind } from '../../../../contracts/domain/credential.ts';
import type { Forms, RefusalForm } from '../client.ts';
import { readAnswer } from '../read-answer.ts';

/*
 * Answers of Artifact Keeper's API as clients read them: what they need, and nothing else. Servers of several versions
 * answer, with more members and further codes.
 */

/** Codes of this API that mean something to the app. */
export type ArtifactKeeperCode = 'FORBIDDEN' | 'NOT_FOUND' | 'CONFLICT' | 'PASSWORD_CHANGE_REQUIRED';

const refusalSchema = z.object({
  code: z.string().max(100),
  message: z.string().optional().catch(undefined),
});

/** The body of a refusal under `/api/v1`: `{ "code", "message" }`. */
export const artifactKeeperBody: RefusalForm = ({ text }) => {
  const body = readAnswer(text, refusalSchema);
  return body === null ? null : { code: body.code, words: body.message };
};

/** The same; and what stands before the routes refuses in plain text: the status alone says what it means then. */
export const artifactKeeperRefusal: RefusalForm = (response) => {
  const code = codeOfStatus[response.status];
  return artifactKeeperBody(response) ?? (code === undefined ? null : { code });
};

const codeOfStatus: Readonly<Record<number, string>> = {
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  428: 'PASSWORD_CHANGE_REQUIRED',
};

/** Codes by which a service says that a token is over, or not one of its own any more. */
export const unauthorizedCodes: readonly string[] = ['UNAUTHORIZED', 'AUTH_ERROR', 'JWT_ERROR'];

/** Reads an answer of Artifact Keeper's API by a schema. */
export function artifactKeeperForms<Schema extends z.ZodType>(
  schema: Schema,
  maxValues?: number,
): Forms<z.output<Schema>> {
  return { value: ({ text }) => readAnswer(text, schema, maxValues), refusal: artifactKeeperRefusal };
}

/**
 * For requests whose success says nothing. Their own server answers some of them with 200 and no content, or with JSON: a
 * page that wants a sign-in to the network is neither.
 */
export const artifactKeeperDone: Forms<true> = {
  value: ({ text }) => (text === '' || readAnswer(text, z.unknown()) !== null ? true : null),
  refusal: artifactKeeperRefusal,
};

/** A page of a list whose pages have numbers. */
export interface NumberedPage<Entry> {
  items: Entry[];
  pagination: { total: number };
}

/** @param entry - One of the list. */
export function numberedPageAnswer<Entry extends z.ZodType>(entry: Entry) {
  return z.object({
    items: z.array(entry),
    pagination: z.object({ total: z.int().nonnegative() }),
  });
}

/** `GET /api/v1/system/config`, which anybody may read: how people sign in. Older servers do not say it of passwords. */
export const systemConfigAnswer = z.object({
  auth: z.object({
    local_login_enabled: z.boolean().optional(),
    ldap_enabled: z.boolean(),
    oidc_enabled: z.boolean(),
  }),
});

/** `GET /api/v1/setup/status`, which anybody may read. */
export const setupStatusAnswer = z.object({ setup_required: z.boolean() });

/** `GET /api/v1/auth/me`: servers that know roles say which; else only who administers them. */
export const meAnswer = z
  .object({
    id: z.string().min(1).max(limits.userIdMax),
    username: z.string().min(1).max(254),
    display_name: z.string().nullish(),
    role: z.string().max(100).optional(),
    is_admin: z.boolean(),
  })
  .transform(({ id, username, display_name: name, role, is_admin: isAdmin }) => ({
    user: { id, username, display_name: name == null || name === '' ? username : name },
    role: role ?? (isAdmin ? 'admin' : 'user'),
  }));
export type Me = z.output<typeof meAnswer>;
/** How a context is signed in, as far as it decides what the context can do. */
export interface SignedInBy {
  credential: CredentialKind | null;
  /** Whether its session is for one organization, as Kisenon's are: nothing that belongs to none is open to it. */
  hasNarrowSession: boolean;
}

const permissions: readonly Capability[] = ['repositories', 'permissions'];

/**
 * What a context can do at a service of this dialect. It takes passwords, as far as it says so when somebody signs in.
 * Permissions it takes from whoever has the whole account, keys among them; all else from people alone.
 *
 * @param provesLog - Whether it has its audit log's chain recomputed, for which this dialect has no request.
 * @param describesItself - Whether it does: one that does not is an Artifact Keeper's own, whose published API has no
 *   audit log, and no sync of a directory.
 */
export function artifactKeeperCapabilities(
  { credential, hasNarrowSession }: SignedInBy,
  {
    provesLog,
    describesItself,
    hasRegistry,
  }: Record<'provesLog' | 'describesItself' | 'hasRegistry', boolean>,
): Capability[] {
  const account: Capability[] = ['passwords', ...(hasNarrowSession || !hasRegistry ? [] : permissions)];
  if (credential === 'key') return account;
  if (credential !== null && credential !== 'session') return ['passwords'];
  const wide: Capability[] = hasNarrowSession ? [] : ['groups', 'api-tokens'];
  const beyond: Capability[] = describesItself ? ['audit', 'directory'] : [];
  return [...account, 'users', ...wide, ...beyond, ...(provesLog ? (['audit-proof'] as const) : [])];
}
