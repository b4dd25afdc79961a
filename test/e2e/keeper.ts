import type { Page } from '@playwright/test';
import type { TestServer } from '../support/server.ts';
import { expect } from './fixtures.ts';
import { AddContextPage } from './pages/add-context.ts';

/** Asks a keeper for something without the app. */
export async function askKeeper(
  server: TestServer,
  token: string,
  path: string,
  body: object = {},
): Promise<unknown> {
  const answer = await fetch(`${server.origin}/v1/keeper/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-dev-token': token },
    body: JSON.stringify(body),
  });
  expect(answer.status, `POST ${path}`).toBeLessThan(300);
  return answer.status === 204 ? null : answer.json();
}

/** Fills in what adds a context at a keeper, ready to sign in. */
export async function addByToken(
  window: Page,
  server: TestServer,
  way: 'With a token' | 'With a dev token',
  token: string,
): Promise<void> {
  const add = new AddContextPage(window);
  await add.open();
  await add.find(server.origin);
  await window.getByRole('radio', { name: way, exact: true }).check();
  await window.getByLabel(way === 'With a token' ? 'Token' : 'Dev token', { exact: true }).fill(token);
  await window.getByLabel('Context name').fill('Keeper');
}

export const signIn = (window: Page): Promise<void> =>
  window.getByRole('button', { name: 'Sign in', exact: true }).click();
