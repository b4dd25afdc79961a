import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { tokenScopes } from '../../contracts/server-api/artifact-keeper/scopes.ts';
import { hashSecret } from '../../reference-server/identity/secret-hash.ts';
import { newId } from '../../reference-server/identity/ids.ts';
import type { AccessWorld } from './access-world.ts';
import type { TestContext } from './server-context.ts';

/** API keys and API tokens of the people of a world; `of` and `on` are numbers of its people and repositories. */
export const worldCredentials = fc.record({
  keys: fc.array(
    fc.record({
      of: fc.nat(4),
      scope: fc.constantFrom('org', 'org', 'project', 'branch'),
      capability: fc.constantFrom('read', 'agent', 'read_write'),
    }),
    { maxLength: 3 },
  ),
  tokens: fc.array(
    fc.record({
      of: fc.nat(4),
      scopes: fc.subarray([...tokenScopes], { minLength: 1 }),
      on: fc.option(fc.subarray([0, 1, 2, 3])),
    }),
    { maxLength: 3 },
  ),
});
type Drawn = typeof worldCredentials extends fc.Arbitrary<infer All> ? All : never;

/** A key or token with its secret and whose it is. */
export interface WorldCredential {
  reference: string;
  secret: string;
  holder: AccessWorld['people'][number];
}

const unused = { revoked_at: null, last_used_at: null, last_used_address: null, last_used_program: null };

/** Puts them into a database. */
export async function addCredentials(
  context: TestContext,
  world: AccessWorld,
  drawn: Drawn,
): Promise<WorldCredential[]> {
  const all: WorldCredential[] = [];
  const holderOf = (of: number) => {
    const holder = world.people[of];
    if (holder === undefined) throw new Error('There is no such person.');
    return holder;
  };
  const common = { name: 'CI', created_at: context.now().toISOString(), expires_at: null, ...unused };
  await context.write({}, async (tx) => {
    for (const { of, scope: scope_kind, capability } of drawn.keys) {
      const holder = holderOf(of);
      const [id, secret] = [newId('key'), `nsk_${randomBytes(32).toString('base64url')}`];
      const row = { id, org_id: world.org.id, user_id: holder.id, secret_hash: hashSecret(secret) };
      await tx
        .insertInto('api_keys')
        .values({ ...common, ...row, prefix: 'nsk_', scope_kind, capability, created_via: null })
        .execute();
      all.push({ reference: `api-key:${id}`, secret, holder });
    }
    for (const { of, scopes, on } of drawn.tokens) {
      const holder = holderOf(of);
      const id = newId('tok');
      const secret = `${randomBytes(4).toString('hex')}_${randomBytes(32).toString('hex')}`;
      const row = { id, user_id: holder.id, created_by: holder.id, secret_hash: hashSecret(secret) };
      const limits = { scopes: scopes.join(','), all_repositories: on === null ? 1 : 0 } as const;
      await tx
        .insertInto('api_tokens')
        .values({ ...common, ...row, ...limits, prefix: '0' })
        .execute();
      const named = (on ?? []).map((at) => ({
        token_id: id,
        repository_id: world.repositoryIds[at] ?? '',
      }));
      if (named.length > 0) await tx.insertInto('api_token_repositories').values(named).execute();
      all.push({ reference: `api-token:${id}`, secret, holder });
    }
  });
  return all;
}
