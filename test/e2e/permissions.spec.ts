import { join } from 'node:path';
import type { BatchOutcome } from '../../contracts/ipc/access.ts';
import type { RepositoryAction } from '../../contracts/server-api/repositories.ts';
import { writeOciLayout } from '../support/oci-image.ts';
import { skopeoPush } from '../support/registry-commands.ts';
import { hasTool } from '../support/registry-tools.ts';
import { expect, test } from './fixtures.ts';
import type { RunningApp } from './launch.ts';
import { ShellPage } from './pages/shell.ts';
import { signInByCalls } from './sign-in.ts';

test.skip(!hasTool('skopeo'), 'skopeo is not installed');

const repository = 'acme/web';

/** Gives somebody a grant of their own in place of what there is, by the calls that the matrix makes. */
async function give(
  { window: page }: RunningApp,
  principal: string,
  actions: RepositoryAction[],
): Promise<BatchOutcome> {
  return page.evaluate(
    async ({ changes }) => {
      const { access, contexts } = window.keyhold;
      const current = await contexts.current();
      if (!current.ok || current.value === null) throw new Error('no current context');
      const place = { contextId: current.value.id, organization: 'acme' };
      const sole = { after: null, count: 1 };
      const seen = await access.cells({ ...place, principals: sole, repositories: sole });
      if (!seen.ok) throw new Error(seen.error.code);
      const { version } = seen.value;
      const made = await access.apply({ ...place, changes, version, key: crypto.randomUUID() });
      if (!made.ok) throw new Error(made.error.code);
      return made.value;
    },
    { changes: [{ principal, repository, actions, expiresAt: null }] },
  );
}

async function undo({ window: page }: RunningApp, outcome: BatchOutcome): Promise<BatchOutcome> {
  if (outcome.kind !== 'done') throw new Error(outcome.kind);
  return page.evaluate(async (batchId) => {
    const { access, contexts } = window.keyhold;
    const current = await contexts.current();
    if (!current.ok || current.value === null) throw new Error('no current context');
    const undone = await access.undo({ contextId: current.value.id, organization: 'acme', batchId });
    if (!undone.ok) throw new Error(undone.error.code);
    return undone.value;
  }, outcome.batchId);
}

test('skopeo sees at once what is given, taken away and given back, and the app says why', async ({
  maya,
  unlocked,
  server,
}) => {
  await signInByCalls(unlocked, server, 'priya', { setUpPodman: true });
  const { home } = unlocked;
  const image = `${server.host}/${repository}:by-priya`;
  const layout = await writeOciLayout(join(home.folder, 'given'), { files: { motd: 'given\n' } });
  const push = async (): Promise<number> => (await skopeoPush(home, layout.reference, image)).code;
  const priya = `user:${server.user('priya').id}`;
  expect(await push(), 'without a grant').not.toBe(0);

  const given = await give(maya, priya, ['read', 'write']);
  expect(await push(), 'right after the grant').toBe(0);
  const { window: page } = maya;
  await new ShellPage(page).open('Repositories');
  await page.getByRole('button', { name: repository, exact: true }).click();
  await page.getByRole('tab', { name: 'Access' }).click();
  const list = page.getByRole('region', { name: 'Who can access it' });
  await expect(list.getByRole('row', { name: /priya/ })).toContainText('Read and write');
  await list.getByRole('button', { name: 'priya', exact: true }).press('Enter');
  await expect(page.getByRole('list', { name: 'Why' })).toContainText(
    /Read and write, directly: granted by maya on/,
  );
  await page.keyboard.press('Escape');

  const taken = await give(maya, priya, []);
  expect(await push(), 'right after it was taken away').not.toBe(0);
  await undo(maya, taken);
  expect(await push(), 'right after that was undone').toBe(0);
  expect(await undo(maya, given)).toMatchObject({ kind: 'changed_meanwhile' });

  await give(maya, priya, []);
  await new ShellPage(page).open('Status');
});
