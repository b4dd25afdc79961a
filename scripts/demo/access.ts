import { join } from 'node:path';
import type { Home, RunningApp } from '../../test/e2e/launch.ts';
import { MatrixPage, type Level } from '../../test/e2e/pages/matrix.ts';
import { ShellPage } from '../../test/e2e/pages/shell.ts';
import { writeOciLayout } from '../../test/support/oci-image.ts';
import { podman, skopeoPush } from '../../test/support/registry-commands.ts';
import { hasTool } from '../../test/support/registry-tools.ts';
import { refusedPull } from './registry-round-trip.ts';
import type { Scene } from './scene.ts';

const repository = 'acme/web';

/** How the other one pushes: with Podman where it is installed, otherwise with skopeo. */
async function pushWith(
  home: Home,
  image: string,
): Promise<{ tool: string; expectPush: (may: boolean) => Promise<void> }> {
  const layout = await writeOciLayout(join(home.folder, 'given'), { files: { motd: 'Pushed by jonas.\n' } });
  const tool = hasTool('podman') ? 'podman' : 'skopeo';
  let push = () => skopeoPush(home, layout.reference, image);
  if (tool === 'podman') {
    const pulled = await podman(home, ['pull', '-q', 'oci:given:latest']);
    if (pulled.code !== 0) throw new Error(pulled.stderr.trim());
    push = () => podman(home, ['push', '-q', '--tls-verify=false', pulled.stdout.trim(), image]);
  }
  const expectPush = async (may: boolean): Promise<void> => {
    const { code, stderr } = await push();
    if ((code === 0) !== may) throw new Error(`The push ended with ${String(code)}. ${stderr.trim()}`);
  };
  return { tool, expectPush };
}

/** The owner gives somebody access in the matrix, takes it away and undoes that; the registry's clients see it at once. */
export async function showAccess({ journal, server }: Scene, owner: RunningApp, home: Home): Promise<void> {
  const image = `${server.host}/${repository}:by-jonas`;
  const { tool, expectPush } = await pushWith(home, image);
  const { window: page } = owner;
  const matrix = new MatrixPage(page);
  const give = (level: Level): Promise<string> => matrix.give('jonas', repository, level);
  await journal.step(`jonas may pull, and ${tool} push is refused`, () => expectPush(false));
  await journal.step(`maya gives jonas push in the matrix; ${tool} pushes at once`, async () => {
    await give('push');
    await journal.picture(page, 'matrix-jonas-may-push');
    await expectPush(true);
  });
  await journal.step('Keyhold says who can access the repository, and why', async () => {
    await new ShellPage(page).open('Repositories');
    await page.getByRole('button', { name: repository, exact: true }).click();
    await page.getByRole('tab', { name: 'Access' }).click();
    const list = page.getByRole('region', { name: 'Who can access it' });
    await list.getByRole('button', { name: 'jonas', exact: true }).click();
    await page.getByText(/directly: granted by maya on/).waitFor();
    await journal.picture(page, 'why-jonas-can');
    await page.keyboard.press('Escape');
  });
  await journal.step(`maya takes all of it away in the matrix; ${tool} is refused at once`, async () => {
    await give('none');
    await expectPush(false);
  });
  await refusedPull(journal, home, image);
  await journal.step(`maya undoes that; ${tool} pushes again`, async () => {
    await matrix.undoLast();
    await expectPush(true);
  });
  await give('pull');
}
