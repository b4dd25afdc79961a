import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../../main/adapters/clock.ts';
import type { StoredContext } from '../../../../main/core/contexts/context-service.ts';
import { accountsCheck } from '../../../../main/core/doctor/accounts-check.ts';
import type { Found } from '../../../../main/core/doctor/finding.ts';
import { addContext } from '../registries/add-context.ts';
import { registryParts, type RegistryParts } from '../registries/registry-parts.ts';
import { nothingRevoked } from '../signin/sign-out-parts.ts';

const host = 'registry.example';

let made: RegistryParts;

beforeEach(async () => {
  made = await registryParts('podman', systemClock);
});
afterEach(async () => {
  await made.dispose();
});

function account(name: string): StoredContext {
  return addContext(made.parts, { host, name, userId: name, origin: `https://${host}` });
}

async function look(): Promise<Found[]> {
  const overview = await made.registries.list();
  return await accountsCheck({ contexts: made.parts.contexts })({ overview, registries: [] });
}

function signOut({ id }: StoredContext): void {
  made.parts.contexts.markSignedOut(id, { podman: false, docker: false }, nothingRevoked);
}

describe('the accounts of a host', () => {
  it('are well where the chosen one can answer', async () => {
    account('First');
    account('Second');
    expect(await look()).toEqual([]);
  });

  it('are said to be unchosen, with a button where there is one', async () => {
    const [first, second] = [account('First'), account('Second'), account('Third')];
    made.parts.contexts.remove(first.id);
    expect(await look()).toMatchObject([
      {
        id: `account:${host}`,
        state: 'broken',
        found: 'No account is chosen.',
        mend: { by: 'person', advice: 'Choose one on the Registries page with “Use this account”.' },
      },
    ]);
    made.parts.contexts.remove(second.id);
    const [found] = await look();
    expect(found?.mend).toEqual({ by: 'keyhold', label: 'Use “Third”' });
    await found?.apply?.();
    expect(made.parts.contexts.accounts.of(host)).toMatchObject({ name: 'Third' });
    expect(made.parts.logged().at(-1)).toBe(`registry.account_chosen | Third | ${host}`);
    expect(await look()).toEqual([]);
  });

  it('are said to be without an answer where the chosen one is signed out and somebody may miss it', async () => {
    const first = account('First');
    signOut(first);
    expect(await look(), 'nobody asks for it').toEqual([]);
    account('Second');
    expect(await look()).toMatchObject([
      {
        state: 'broken',
        found: '“First” is chosen, and it is signed out.',
        mend: { by: 'person' },
        touches: { clients: ['podman', 'docker'], hosts: [host] },
      },
    ]);
  });
});
