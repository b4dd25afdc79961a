import { join } from 'node:path';
import { giveAccess, undoAccess } from '../../test/e2e/access.ts';
import type { Home, RunningApp } from '../../test/e2e/launch.ts';
import { ShellPage } from '../../test/e2e/pages/shell.ts';
import { writeOciLayout } from '../../test/support/oci-image.ts';
import { skopeoPush } from '../../test/support/registry-commands.ts';
import type { Scene } from './scene.ts';

const repository = 'acme/web';

/** The owner gives somebody access, takes it away and undoes that; skopeo sees each of it at once. */
export async function showAccess({ journal, server }: Scene, owner: RunningApp, home: Home): Promise<void> {
  const layout = await writeOciLayout(join(home.folder, 'given'), { files: { motd: 'Pushed by priya.\n' } });
  const image = `${server.host}/${repository}:by-priya`;
  const expectPush = async (may: boolean): Promise<void> => {
    const { code } = await skopeoPush(home, layout.reference, image);
    if ((code === 0) !== may) throw new Error(`The push ended with ${String(code)}.`);
  };
  const who = { principal: `user:${server.user('priya').id}`, repository };
  await journal.step('maya gives priya read and write; skopeo pushes at once', async () => {
    await giveAccess(owner, { ...who, actions: ['read', 'write'] });
    await expectPush(true);
  });
  await journal.step('Keyhold says who can access the repository, and why', async () => {
    const { window: page } = owner;
    await new ShellPage(page).open('Repositories');
    await page.getByRole('button', { name: repository, exact: true }).click();
    await page.getByRole('tab', { name: 'Access' }).click();
    const list = page.getByRole('region', { name: 'Who can access it' });
    await list.getByRole('button', { name: 'priya', exact: true }).click();
    await page.getByText(/directly: granted by maya on/).waitFor();
    await journal.picture(page, 'why-priya-can');
    await page.keyboard.press('Escape');
  });
  const taken = await journal.step('maya takes it away; skopeo is refused at once', async () => {
    const outcome = await giveAccess(owner, { ...who, actions: [] });
    await expectPush(false);
    return outcome;
  });
  await journal.step('maya undoes that; skopeo pushes again', async () => {
    await undoAccess(owner, taken);
    await expectPush(true);
  });
  await giveAccess(owner, { ...who, actions: [] });
}
