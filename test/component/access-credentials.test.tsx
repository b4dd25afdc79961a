import { screen, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { productionId, sampleContext } from '../support/samples.ts';
import { sampleUsersContext } from '../support/samples-users.ts';
import { teamId } from '../support/samples-team.ts';
import { openPage } from './open-window.tsx';

const withAccess = (context: ReturnType<typeof sampleContext>) => [
  { ...context, capabilities: [...context.capabilities, 'access' as const] },
];
const keys = withAccess(sampleContext());
const tokens = withAccess(sampleUsersContext());
const jonas = `user:${teamId('u', 2)}`;

async function openSheet(page: 'API keys' | 'API tokens', facts: Parameters<typeof openPage>[1] = {}) {
  const contexts = page === 'API keys' ? keys : tokens;
  const opened = await openPage(page, { contexts, ...facts });
  const [first] = await screen.findAllByRole('button', { name: /^(Deploy from GitLab|Nightly build)$/ });
  if (first === undefined) throw new Error('Nothing is listed.');
  await opened.user.click(first);
  return opened;
}
const part = (name: string | RegExp) => screen.findByRole('region', { name });
const texts = (rows: HTMLElement[]) => rows.slice(1).map((row) => row.textContent);

describe.each(['API keys', 'API tokens'] as const)('what one of the %s can do', (page) => {
  it('is what its holder may, without what it is not good for', async () => {
    const { requests } = await openSheet(page);
    const rows = await within(await part('What it can do')).findAllByRole('row');
    expect(texts(rows)).toEqual(
      ['acme/api', 'acme/base', 'acme/web'].map(
        (name) => `${name}Pullits holder also has push, delete and admin`,
      ),
    );
    const kind = page === 'API keys' ? 'api-key' : 'api-token';
    expect(requests('access.credentialCan')).toEqual([
      { contextId: productionId, credential: expect.stringMatching(new RegExp(`^${kind}:`)) as string },
    ]);
  });

  it('says why: the reasons of its holder, and its own limit', async () => {
    const { user } = await openSheet(page, {
      accessCredential: { holder: jonas, actions: ['write'] },
    });
    const list = await part('What it can do');
    await user.click(await within(list).findByRole('button', { name: 'acme/web' }));
    const why = await part(/^Why .* can access acme\/web$/);
    expect((await within(why).findByRole('list', { name: 'Why' })).textContent).toMatch(
      /Pull: not allowed, because the credential is not good for it.*Push, delete and admin: not allowed, as nothing gives it/,
    );
    await user.click(within(why).getByRole('button', { name: 'Back to all' }));
    await part('What it can do');
  });

  it('tells of nothing where there is nothing, and of a failure with another try', async () => {
    const { user, world } = await openSheet(page, {
      failures: { 'access.credentialCan': { code: 'server_unreachable' } },
      accessRepositories: [],
    });
    const list = await part('What it can do');
    await within(list).findByRole('alert');
    world.failures = {};
    await user.click(within(list).getByRole('button', { name: 'Try again' }));
    await within(list).findByText('Nothing on repositories.');
  });

  it('is not there where the service does not tell it', async () => {
    const contexts = page === 'API keys' ? [sampleContext()] : [sampleUsersContext()];
    const { requests } = await openSheet(page, { contexts });
    await screen.findByText('Begins with');
    expect(screen.queryByRole('region', { name: 'What it can do' })).toBeNull();
    expect(requests('access.credentialCan')).toEqual([]);
  });
});
