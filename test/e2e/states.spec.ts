import { writeFileSync } from 'node:fs';
import { startTestServer } from '../support/server.ts';
import { call } from '../support/server-client.ts';
import { expect, test } from './fixtures.ts';
import { InspectPage } from './pages/inspect.ts';
import { KeysPage } from './pages/keys.ts';
import { ShellPage } from './pages/shell.ts';
import { TokensPage } from './pages/tokens.ts';
import { signInByCalls } from './sign-in.ts';

test('a key is rotated: it is said before what ends, and its token is called ended everywhere', async ({
  unlocked: app,
  server,
}) => {
  const { window } = app;
  await signInByCalls(app, server, 'maya');
  const shell = new ShellPage(window);
  const tokens = new TokensPage(window);
  await shell.open('Tokens');
  await tokens.mint('1 hour');
  const token = await tokens.reveal();
  expect((await call(server, '/v1/whoami', { token })).status).toBe(200);

  const keys = new KeysPage(window);
  await keys.open();
  await window.getByRole('button', { name: 'Rotate key' }).click();
  const dialog = window.getByRole('dialog');
  await expect(dialog).toContainText(/This ends 1 live token made here, valid until \d\d:\d\d:/);
  await dialog.getByRole('button', { name: 'Rotate key' }).click();
  await keys.whenRotated();

  expect((await call(server, '/v1/whoami', { token })).status).toBe(401);
  await shell.open('Tokens');
  const recent = window.getByRole('list', { name: 'Recent tokens' });
  await expect(recent).toContainText(/Its key was revoked at \d\d:\d\d: the service refuses it\./);
  await expect(recent.getByRole('button', { name: 'Copy' })).toHaveCount(0);
  const inspect = new InspectPage(window);
  await inspect.open();
  await inspect.paste(token);
  await expect(inspect.verdict('Genuine, but its key is revoked')).toContainText('services refuse it');
});

test('a service that goes takes the green of its context with it; a changed helper that of its registry', async ({
  unlocked: app,
}) => {
  const server = await startTestServer();
  const { home, window } = app;
  await signInByCalls(app, server, 'maya', { setUpPodman: true });
  const shell = new ShellPage(window);
  const dot = shell.switcher.locator('[data-standing]');
  await shell.open('Status');
  await window.getByRole('button', { name: 'Check again' }).click();
  await window.getByRole('heading', { name: /^Signed in as / }).waitFor();
  await expect(dot).toHaveAttribute('data-standing', 'signed_in');

  await shell.open('Registries');
  await expect(window.getByText('Uses Keyhold')).toHaveCount(1);
  writeFileSync(home.helperPath, '#!/bin/sh\nexit 1\n');
  await shell.open('Keys');
  await shell.open('Registries');
  await window.getByText('Worth a look').waitFor();
  await expect(window.getByText('Uses Keyhold')).toHaveCount(0);
  await expect(window.getByRole('button', { name: /^Doctor/ })).toContainText(/\d/);

  await server.stop();
  await shell.open('Status');
  await window.getByRole('button', { name: 'Check again' }).click();
  await window.getByText('The service cannot be reached').waitFor();
  await expect(dot).toHaveAttribute('data-standing', 'unreachable');
  await expect(window.getByRole('heading', { name: /^Signed in as / })).toHaveCount(0);
  await expect(window.getByText(/Last seen signed in/)).toBeVisible();
});
