import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import type { CredentialAccess } from '../../../contracts/server-api/access/credentials.ts';
import {
  explainCredential,
  listCredentialAccess,
} from '../../../reference-server/access/credentials/credential-access.ts';
import { askerOf, repositoriesAccess } from '../../../reference-server/access/repository-access.ts';
import type { RepositoryAccess } from '../../../reference-server/access/repository-access.ts';
import { authenticateBearer } from '../../../reference-server/auth/authenticate.ts';
import type { Caller } from '../../../reference-server/auth/caller.ts';
import { ApiError } from '../../../reference-server/http/api-error.ts';
import { AccessWorld, accessWorld } from '../../support/access-world.ts';
import { newTestContext } from '../../support/server-context.ts';
import type { TestContext } from '../../support/server-context.ts';
import { addCredentials, worldCredentials } from '../../support/world-credentials.ts';
import type { WorldCredential } from '../../support/world-credentials.ts';

let context: TestContext;
beforeAll(async () => {
  context = await newTestContext();
});

const signedIn = (id: string): Caller => ({
  principal: { kind: 'user', id, name: id },
  credential: { method: 'session', id: '', limits: null, ends: null },
  approved: true,
  mustChangePassword: false,
  organization: null,
});

type Told = CredentialAccess['repositories'];

/** All pages; null where the caller may not ask. */
async function listOf(caller: Caller, credential: string): Promise<Told | null> {
  const told: Told = [];
  try {
    for (let after: string | undefined = ''; after !== undefined;) {
      const page = await listCredentialAccess(context, caller, { credential, limit: 2, after });
      told.push(...page.repositories);
      after = page.next;
    }
  } catch (error) {
    expect(error instanceof ApiError && error.code).toBe('not_found');
    return null;
  }
  return told;
}

const may = (access: RepositoryAccess | undefined) => [...(access?.actions ?? [])];

/** Compares what is told of a key or token with what the guard lets it do. @returns how often anything is allowed */
async function compare(world: AccessWorld, { reference, secret, holder }: WorldCredential): Promise<number> {
  const itself = await authenticateBearer(context, secret, { ip: '', program: null }).catch(() => null);
  if (itself === null) {
    expect(await listOf(signedIn(holder.id), reference)).toBeNull();
    expect(await listOf(signedIn(world.administrator), reference)).toBeNull();
    return 0;
  }
  const guard = await repositoriesAccess(context, askerOf(itself), world.names);
  const whole = await repositoriesAccess(context, askerOf(signedIn(holder.id)), world.names);
  const expected = world.names.flatMap((name, at) => {
    const actions = may(guard[at]);
    const withheld = may(whole[at]).filter((action) => !actions.includes(action));
    const isPublic = guard[at]?.repository?.public === true;
    return may(whole[at]).length === 0 ? [] : [{ name, public: isPublic, actions, withheld }];
  });
  expect(await listOf(signedIn(holder.id), reference)).toEqual(expected);
  expect(await listOf(signedIn(world.administrator), reference)).toEqual(expected);
  // By itself it is told what it can do, and no more.
  const own = expected.filter(({ actions }) => actions.length > 0);
  expect(await listOf(itself, reference)).toEqual(own.map((each) => ({ ...each, withheld: [] })));
  for (const person of world.people) {
    if (person.id === holder.id) continue;
    const theirs = await repositoriesAccess(context, askerOf(signedIn(person.id)), world.names);
    const inList = ['admin', 'owner'].includes(person.role ?? '') && reference.startsWith('api-key:');
    const mayAsk = person.active && (inList || person.onServer === 'admin');
    const administered = new Set(theirs.flatMap((each) => (each.actions.has('admin') ? [each.name] : [])));
    const shown = mayAsk ? expected.filter(({ name }) => administered.has(name)) : null;
    expect(await listOf(signedIn(person.id), reference)).toEqual(shown);
  }
  for (const [at, name] of world.names.entries()) {
    const asked = { credential: reference, repository: name };
    const explained = await explainCredential(context, signedIn(world.administrator), asked);
    expect(explained.actions).toEqual(may(guard[at]));
    for (const { action, allowed, by } of explained.because) {
      const isWithheld = !allowed && may(whole[at]).includes(action);
      expect([allowed, by.some(({ kind }) => kind === 'limit')]).toEqual([
        may(guard[at]).includes(action),
        isWithheld,
      ]);
      // What has the last word comes first.
      if (isWithheld) expect(by[0]).toEqual({ kind: 'limit' });
    }
  }
  return own.length;
}

it('what is told of a key or token is what the registry lets it do, in worlds of all kinds', async () => {
  let allowed = 0;
  // Administrators, and everybody where they are public, may use those of each later world too.
  const deleteAll = async () => {
    await context.write({}, (tx) => tx.deleteFrom('repositories').execute());
  };
  const property = fc.asyncProperty(accessWorld, worldCredentials, async (drawn, credentials) => {
    const world = await AccessWorld.in(context, drawn);
    for (const credential of await addCredentials(context, world, credentials)) {
      allowed += await compare(world, credential);
    }
  });
  await fc.assert(property, { numRuns: 120, plugins: [fc.beforeEach(deleteAll)] });
  expect(allowed).toBeGreaterThan(200);
});
