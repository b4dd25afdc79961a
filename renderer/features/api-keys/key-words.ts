import { apiKeyWords } from '../../../contracts/domain/api-key-words.ts';
import type { ApiKeySummary } from '../../../contracts/ipc/api-keys.ts';
import { counted, dateWords, relativeTime } from '../../lib/format.ts';

export const capabilities = ['read', 'agent', 'read_write'] as const;
export type Capability = (typeof capabilities)[number];

/** What a capability is called. One that this version does not know stands as it is. */
export function capabilityName(capability: string): string {
  return capability === 'read_write' ? 'read and write' : capability;
}

/** What each capability lets a key do within its scope, for who chooses one. */
export const capabilityMeanings: Readonly<Record<Capability, string>> = {
  read: 'Looks at everything in its scope and changes nothing.',
  agent: 'For assistants: reads projects, makes and deletes branches that are not the default. Nothing else.',
  read_write: 'Does what you may do in its scope.',
};

type Scoped = Pick<ApiKeySummary, 'scope' | 'capability' | 'expiresAt'>;

/** What a key may do, in one sentence. `now` in ms. */
export function keySentence({ scope, capability, expiresAt }: Scoped, org: string, now: number): string {
  const known = capabilities.find((each) => each === capability);
  const names = scope.targets.map(({ name }) => name ?? 'a deleted one');
  const until = expiresAt === null ? null : dateWords(expiresAt, now);
  if (known === undefined) return `Has the capability ${capability} in ${org}.`;
  return apiKeyWords({ org, kind: scope.kind, names, capability: known, until });
}

/** What a key reaches, for a cell of the table: `Everything`, `shop`, `shop and web`, `4 projects`. */
export function scopeName({ scope }: Pick<ApiKeySummary, 'scope'>): string {
  if (scope.kind === 'org') return 'Everything';
  const names = scope.targets.map(({ name }) => name);
  const known = names.filter((name) => name !== null);
  if (known.length < names.length || names.length > 2) {
    return scope.kind === 'project'
      ? counted(names.length, 'project')
      : counted(names.length, 'branch', 'branches');
  }
  return known.join(' and ');
}

/** When, from where and by what a key was used last: `3 minutes ago, from 198.51.100.7 by curl/8.14.1`. `now` in ms. */
export function lastUseWords({ lastUse }: Pick<ApiKeySummary, 'lastUse'>, now: number): string {
  if (lastUse === null) return 'never used';
  const { at, address, program } = lastUse;
  const from = address === null ? '' : ` from ${address}`;
  const by = program === null ? '' : ` by ${program}`;
  return `used ${relativeTime(at, now)}${from}${by}`;
}
