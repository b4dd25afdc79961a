import { join } from 'node:path';
import { writeOciLayout } from '../support/oci-image.ts';
import { skopeoPush } from '../support/registry-commands.ts';
import { hasTool } from '../support/registry-tools.ts';
import { expect, test } from './fixtures.ts';
import { MatrixPage } from './pages/matrix.ts';
import { ShellPage } from './pages/shell.ts';
import { signInByCalls } from './sign-in.ts';

test.skip(!hasTool('skopeo'), 'skopeo is not installed');

const repository = 'acme/web';

test('what a member asks for waits for an owner, and once it is approved, with an end, skopeo pushes', async ({
  maya,
  unlocked,
  server,
}) => {
  await signInByCalls(unlocked, server, 'priya', { setUpPodman: true });
  const { home, window: asking } = unlocked;
  const { window: deciding } = maya;
  const image = `${server.host}/${repository}:by-priya`;
  const layout = await writeOciLayout(join(home.folder, 'asked'), { files: { motd: 'asked\n' } });
  const push = async (): Promise<number> => (await skopeoPush(home, layout.reference, image)).code;
  expect(await push(), 'before anybody asks').not.toBe(0);

  await new ShellPage(asking).open('Requests');
  await asking.getByRole('button', { name: 'Ask for access' }).click();
  const ask = asking.getByRole('dialog', { name: 'Ask for access' });
  await ask.locator('input').first().fill(repository);
  await ask.getByRole('combobox', { name: 'What you need' }).selectOption({ label: 'Push: pull and push' });
  await ask.getByLabel('Why').fill('The release is on Friday');
  await ask.getByRole('button', { name: 'Ask for access' }).click();
  const own = asking.getByRole('table', { name: 'Your requests' }).getByRole('row', { name: repository });
  await expect(own).toContainText('Waiting');
  expect(await push(), 'while it waits').not.toBe(0);

  await deciding.getByRole('link', { name: /^Requests/ }).click();
  await deciding.getByRole('link', { name: /, 1 waits for you$/ }).waitFor();
  await deciding.getByRole('button', { name: 'priya', exact: true }).press('Enter');
  const sheet = deciding.getByRole('dialog', { name: 'priya asks for access' });
  await expect(sheet).toContainText('The release is on Friday');
  await sheet.getByRole('combobox', { name: 'It ends' }).selectOption({ label: 'After 7 days' });
  await expect(sheet).toContainText(/priya gains pull and push on acme\/web, directly until /);
  await sheet.getByRole('button', { name: 'Approve' }).click();
  await deciding.getByText(/^priya has push until .* on acme\/web$/).waitFor();
  await deciding.getByRole('link', { name: 'Requests', exact: true }).waitFor();
  expect(await push(), 'right after it was approved').toBe(0);

  await new ShellPage(asking).open('Status');
  await new ShellPage(asking).open('Requests');
  await expect(own).toContainText(/Approved.*by maya/);
  await new MatrixPage(deciding).give('priya', repository, 'none');
  expect(await push(), 'right after it was taken away').not.toBe(0);
  await new ShellPage(deciding).open('Status');
});
