import { RuleBook } from '../../../../main/core/approvals/rule-book.ts';
import { fileLogger } from '../../../../main/adapters/logger.ts';
import { readContexts } from '../../../../main/core/contexts/context-store.ts';
import { readAllKeys, readAllKeyTerms } from '../../../../main/core/credentials/keys/key-store.ts';
import { readRotations } from '../../../../main/core/credentials/keys/rotation/rotation-store.ts';
import { SetUpRecords } from '../../../../main/core/registries/set-up-records.ts';
import type { VaultParts } from './vault-parts.ts';

/**
 * What a1f91f5 (`every-state-schema-2.db` and its backup) and the versions after it (`every-state-schema-3.db` to
 * `every-state-schema-6.db`) wrote: a context in every state, with rules, a set-up, a rotation and a log. Their states, and how many keys each has.
 */
export const everyState: readonly (readonly [name: string, state: string, keys: number])[] = [
  ['Pending', 'pending', 1],
  ['Active', 'active', 2],
  ['Second account', 'active', 1],
  ['Signed out', 'signed_out', 0],
  ['Rotated', 'active', 2],
  ['Rotating', 'active', 2],
  ['Revoked', 'active', 1],
  ['Expired', 'active', 1],
  ['Without keys', 'active', 0],
  // Its only key was revoked before it was registered: it waited for that key once, and waits for none now.
  ['Given up', 'active', 1],
];

/** What an unlocked vault must have of them; each thing that is wrong in a line of its own. */
export function missingOf({ vault, keys, activity, clock, random, folder }: VaultParts): string[] {
  const wrong: string[] = [];
  const expectSame = (what: string, found: unknown, wanted: unknown): void => {
    const [is, was] = [JSON.stringify(found), JSON.stringify(wanted)];
    if (is !== was) wrong.push(`${what}: ${is}, not ${was}`);
  };
  const sql = vault.sql();
  const contexts = readContexts(sql);
  const ids = new Map(contexts.map(({ id, name }) => [name, id]));
  const stateOf = contexts.map(({ id, name, state }) => [name, state, keys.list(id).length]);
  expectSame('contexts', stateOf, everyState);
  const speaks = new Set(
    contexts.map(({ dialects, org }) => `${dialects.join()} in ${org ?? 'no organization'}`),
  );
  expectSame('what their services speak', [...speaks], ['keyhold in no organization']);
  const terms = readAllKeyTerms(sql);
  expectSame('terms of one', terms.get(ids.get('Second account') ?? ''), {
    signingAlg: 'EdDSA',
    maxTokenTtl: 3600,
  });
  expectSame('terms', terms.size, everyState.length);
  expectSame('the current one', contexts.find(({ current }) => current)?.name, 'Active');
  expectSame('set up again', contexts.find(({ name }) => name === 'Signed out')?.setUpPodman, true);
  for (const { kid, revoked_at: revoked } of readAllKeys(sql)) {
    if (revoked !== null) continue;
    try {
      keys.signJwt(kid, { typ: 'JWT', alg: 'Ed25519' }, {});
    } catch {
      wrong.push(`key ${kid} does not sign`);
    }
  }
  const records = new SetUpRecords(vault).ofFile('/home/someone/.config/containers/auth.json');
  expectSame(
    'set-ups',
    records.map(({ before }) => before),
    ['{"auths":{}}'],
  );
  const rules = new RuleBook({ vault, clock, random, logger: fileLogger(folder, 'silent') });
  expectSame(
    'rules',
    rules
      .list()
      .map(({ program, verdict }) => `${program} ${verdict}`)
      .sort(),
    ['curl deny', 'podman allow'],
  );
  expectSame(
    'rotations',
    readRotations(sql).map(({ contextId }) => contextId),
    [ids.get('Rotating')],
  );
  if (activity.verify().brokenAt !== null) wrong.push('the log is broken');
  if (sql.get('PRAGMA foreign_key_check') !== undefined) wrong.push('a row refers to none');
  return wrong;
}
