import { z } from 'zod';
import { apiKeyWords } from '../../contracts/domain/api-key-words.ts';
import { createApiKeyRequestSchema, maxScopeIds } from '../../contracts/server-api/kisenon/api-keys.ts';
import type { NewApiKey } from '../identity/api-key-changes.ts';
import { formBody, readFields, textField } from './forms.ts';
import { dayWords } from './words.ts';

/** Boxes that were ticked: none, one, or several of the same name. */
const ticked = z
  .union([z.string().transform((one) => [one]), z.array(z.string())])
  .pipe(z.array(z.string().max(100)).max(2 * maxScopeIds))
  .default([]);

/** How long a key can last, by what the form sends; `date` is the end of a day, `never` no end. */
export const lives = {
  7: '7 days',
  30: '30 days',
  90: '90 days',
  365: '1 year',
  date: 'Until a day',
  never: 'No end',
} as const;

/** The form of a new key. `step` is the button that was pressed; what has the same `once` makes one key. */
export const apiKeyForm = formBody({
  step: z.enum(['find', 'review', 'change', 'make']).default('review'),
  once: textField,
  name: textField,
  kind: z.enum(['org', 'project', 'branch']).catch('org').default('org'),
  projects: ticked,
  branches: ticked,
  find: textField,
  capability: z.enum(['read', 'agent', 'read_write']).catch('read').default('read'),
  life: z.enum(['7', '30', '90', '365', 'date', 'never']).catch('90').default('90'),
  date: textField,
});

type Posted = z.output<typeof apiKeyForm>;
export type ApiKeyFields = Omit<Posted, '_csrf' | 'step' | 'once'>;

/** What was typed and chosen, without what belongs to the sending of it. */
export function fieldsOf({
  name,
  kind,
  projects,
  branches,
  find,
  capability,
  life,
  date,
}: Posted): ApiKeyFields {
  return { name, kind, projects, branches, find, capability, life, date };
}

/** What a key is that nobody has said anything about: it reads, for a while. */
export const newFields: ApiKeyFields = {
  ...{
    name: '',
    kind: 'org',
    projects: [],
    branches: [],
    find: '',
    capability: 'read',
    life: '90',
    date: '',
  },
};

/** @throws ApiError 400 with what is wrong with each field. */
export function readApiKeyForm(fields: ApiKeyFields, now: Date): NewApiKey {
  const ids = fields.kind === 'project' ? fields.projects : fields.branches;
  const end = endOf(fields, now);
  const { name, scope, capability, expires_at } = readFields(createApiKeyRequestSchema, {
    name: fields.name.trim(),
    scope: fields.kind === 'org' ? { kind: 'org' } : { kind: fields.kind, ids },
    capability: fields.capability,
    ...(end !== null && { expires_at: end }),
  });
  return { name, scope, capability, expiresAt: expires_at ?? null };
}

/** What it may do, in words. @param names - Of the projects, or of the branches with their projects. */
export function wordsOfKey(
  org: string,
  { scope, capability, expiresAt }: NewApiKey,
  names: string[],
): string {
  const until = expiresAt === null ? null : dayWords(expiresAt);
  return apiKeyWords({ org, kind: scope.kind, names, capability, until });
}

function endOf({ life, date }: ApiKeyFields, now: Date): string | null {
  switch (life) {
    case 'never':
      return null;
    case 'date':
      // The whole of the day is in it, in UTC.
      return `${date.trim()}T23:59:59Z`;
    case '7':
    case '30':
    case '90':
    case '365':
      return new Date(now.getTime() + Number(life) * 24 * 3600 * 1000).toISOString();
  }
}
