import { randomUUID } from 'node:crypto';
import type { FastifyReply, FastifyRequest, preValidationHookHandler } from 'fastify';
import { orgParamsSchema } from '../../contracts/server-api/kisenon/organizations.ts';
import { found } from '../access/require-right.ts';
import { actorOf } from '../access/route-access.ts';
import type { ServerContext } from '../context.ts';
import type { ZodApp } from '../http/zod-app.ts';
import { createApiKey } from '../identity/api-key-changes.ts';
import type { NewApiKey } from '../identity/api-key-changes.ts';
import { idOf } from '../identity/ids.ts';
import { findScopeChoices, readScopeChoices } from '../identity/scope-choices.ts';
import type { ScopeChoice } from '../identity/scope-choices.ts';
import { apiKeyForm, fieldsOf, lives, newFields, readApiKeyForm, wordsOfKey } from './api-key-form.ts';
import type { ApiKeyFields } from './api-key-form.ts';
import { apiKeysPagePath } from './api-keys-page.ts';
import { tryForm } from './forms.ts';
import type { Problem } from './forms.ts';
import { sendPage } from './send-page.ts';
import { page } from './views.ts';
import { dayWords } from './words.ts';

const path = `${apiKeysPagePath}/new`;

interface Picker {
  kind: 'project' | 'branch';
  label: string;
  /** Those that are ticked come first. */
  choices: (ScopeChoice & { chosen: boolean })[];
  more: boolean;
}

interface FormData {
  slug: string;
  fields: ApiKeyFields;
  pickers: Picker[];
  lives: [string, string][];
  /** The first day that a key can end, for the field of the date. */
  today: string;
  errors: Problem['errors'];
}

interface ReviewData {
  slug: string;
  fields: [string, string][];
  name: string;
  words: string;
  names: string[];
  kind: string;
  until: string | null;
}

const formView = page<FormData>('api-key-new', apiKeysPagePath);
const reviewView = page<ReviewData>('api-key-review', apiKeysPagePath);
const madeView = page<{ slug: string; name: string; words: string; secret: string }>(
  'api-key-made',
  apiKeysPagePath,
);
const config = { access: { page: 'signed-in', may: { organization: 'api-keys:create' } } } as const;

/**
 * `/orgs/:org/keys/new`: what a new key is for, then what it may do in plain words, then the key itself, once. All steps
 * are one form, so that what was typed goes with them. Sent again, as browsers do when the last page is loaded anew, it makes
 * no second key.
 */
export function newApiKeyPage(app: ZodApp, context: ServerContext, csrf: preValidationHookHandler): void {
  app.get(path, { config, schema: { hide: true, params: orgParamsSchema } }, (request, reply) =>
    sendForm(context, request, reply, newFields, null),
  );

  app.post(
    path,
    { config, schema: { hide: true, params: orgParamsSchema, body: apiKeyForm }, preValidation: csrf },
    async (request, reply) => {
      const { step, once } = request.body;
      const fields = fieldsOf(request.body);
      if (step === 'find' || step === 'change') return sendForm(context, request, reply, fields, null);
      const org = found(request.organization);
      const { done, problem } = await tryForm(reply, 'The key was not made', async () => {
        const key = readApiKeyForm(fields, context.now());
        const names = await namesOf(context, org.id, key);
        const actor = actorOf(request);
        const id = idOf('key', actor.id, once);
        const made = step === 'make' ? await createApiKey(context, org, { ...key, id }, null, actor) : null;
        return { key, names, secret: made?.secret ?? null };
      });
      if (problem !== null) return sendForm(context, request, reply, fields, problem);
      const { key, names, secret } = done;
      const said = { slug: org.slug, name: key.name, words: wordsOfKey(org.slug, key, names) };
      if (secret !== null) {
        return sendPage(context, request, reply, madeView, { title: 'Your new API key', ...said, secret });
      }
      return sendPage(context, request, reply, reviewView, {
        title: 'Make this key?',
        ...{ ...said, names, kind: key.scope.kind, fields: [...sentAgain(fields), ['once', randomUUID()]] },
        until: key.expiresAt === null ? null : dayWords(key.expiresAt),
      });
    },
  );
}

/** Every field with each of its values, for hidden ones. */
function sentAgain(fields: ApiKeyFields): [string, string][] {
  return Object.entries(fields).flatMap(([name, value]) =>
    [value].flat().map((each): [string, string] => [name, each]),
  );
}

async function namesOf({ db }: ServerContext, orgId: string, { scope }: NewApiKey): Promise<string[]> {
  if (scope.kind === 'org') return [];
  return (await readScopeChoices(db, orgId, scope.kind, scope.ids)).map(({ name }) => name);
}

async function sendForm(
  context: ServerContext,
  request: FastifyRequest,
  reply: FastifyReply,
  fields: ApiKeyFields,
  problem: Problem | null,
): Promise<FastifyReply> {
  const { id, slug } = found(request.organization);
  const pickerOf = async (kind: Picker['kind'], label: string, ids: string[]): Promise<Picker> => {
    const chosen = await readScopeChoices(context.db, id, kind, ids);
    const { choices, more } = await findScopeChoices(context.db, id, kind, fields.find);
    const others = choices.filter((choice) => !chosen.some((each) => each.id === choice.id));
    return {
      ...{ kind, label, more },
      choices: [...chosen, ...others].map((choice) => ({ ...choice, chosen: ids.includes(choice.id) })),
    };
  };
  return sendPage(context, request, reply, formView, {
    title: 'New API key',
    notice: problem?.notice ?? null,
    ...{ slug, fields, lives: Object.entries(lives), errors: problem?.errors ?? {} },
    pickers: [
      await pickerOf('project', 'Projects', fields.projects),
      await pickerOf('branch', 'Branches', fields.branches),
    ],
    today: context.now().toISOString().slice(0, 10),
  });
}
