import { filesHolding } from '../support/search-bytes.ts';
import { newTestKey } from '../support/test-key.ts';
import { expect, test } from './fixtures.ts';
import { InspectPage } from './pages/inspect.ts';
import { ShellPage } from './pages/shell.ts';
import { TokensPage } from './pages/tokens.ts';

test('a pasted token is checked against the contexts’ keys and leaves no trace', async ({ maya, server }) => {
  const shell = new ShellPage(maya.window);
  const inspect = new InspectPage(maya.window);
  await shell.open('Tokens');
  const tokens = new TokensPage(maya.window);
  await tokens.mint('15 min');
  const token = await tokens.reveal();

  await inspect.open();
  await inspect.paste(`Authorization: Bearer ${token}\n`);
  await expect(inspect.verdict('Genuine and valid')).toContainText('Signed by key “This computer” of maya');
  await expect(inspect.fact('User (sub)')).toHaveText(server.user('maya').id);
  await expect(inspect.fact('For (aud)')).toHaveText(server.origin);
  await expect(inspect.fact('Expires (exp)')).toContainText(/\(in 1[45] minutes\)$/);
  await expect(inspect.fact('Signature')).toContainText('Genuine');

  const [header = '', , signature = ''] = token.split('.');
  const forged = Buffer.from('{"sub":"u_root","exp":9999999999}').toString('base64url');
  await inspect.paste(`${header}.${forged}.${signature}`);
  await expect(inspect.verdict('The signature is not genuine')).toContainText('It was changed or forged');

  await inspect.paste(`${token.slice(0, 40)} ${token.slice(40)}`);
  await expect(inspect.verdict('That is not a token')).toContainText('has a character at character 41');

  const stranger = await newTestKey();
  const foreign = await stranger.apiToken('u_elsewhere', 'https://elsewhere.example');
  await inspect.paste(foreign);
  await expect(inspect.verdict('Signature not checked: key unknown')).toBeVisible();
  await expect(inspect.fact('User (sub)')).toHaveText('u_elsewhere');

  // Kept nowhere: not in files, not in the window once it is left.
  const [, , foreignSignature = ''] = foreign.split('.');
  const needles = new Map([['the pasted token', Buffer.from(foreignSignature)]]);
  expect(filesHolding(maya.home.dataFolder, needles)).toEqual([]);
  await shell.open('Activity');
  expect(await maya.window.content()).not.toContain('u_elsewhere');
  await shell.open('Tokens');
  await inspect.open();
  await expect(inspect.field).toHaveValue('');
});
