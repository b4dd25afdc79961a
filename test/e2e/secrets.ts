import { existsSync } from 'node:fs';
import { inMain } from '../support/in-main.ts';
import { filesHolding, processTree } from '../support/search-bytes.ts';
import { expect, type SignedIn } from './fixtures.ts';

/**
 * Looks for a token in all that stays of one: the files of the app (vault, log), those of its crashes, the activity log as
 * the app itself reads it, what it wrote to stderr, and the command lines and environments of its processes.
 *
 * @param found - A text that the files do hold, so that the search is known to find.
 */
export async function expectNowhere(app: SignedIn, token: string, found: string): Promise<void> {
  // Of a JWT every part that is not as good as public.
  const parts = [token, ...token.split('.').slice(1)];
  const needles = new Map(parts.map((part, index) => [`part ${String(index)}`, Buffer.from(part)]));
  const crashes = await inMain(app.electron, ({ app: main }) => main.getPath('crashDumps'));
  const { dataFolder } = app.home;
  expect(filesHolding(dataFolder, new Map([[found, Buffer.from(found)]])).join()).toContain('vault.db');
  for (const folder of new Set([dataFolder, crashes].filter((each) => existsSync(each))))
    expect(filesHolding(folder, needles), folder).toEqual([]);

  const newest = { kinds: null, text: '', before: null, limit: 200 };
  const entries = await app.window.evaluate((asked) => window.keyhold.activity.list(asked), newest);
  const activity = JSON.stringify(entries);
  expect(activity).toContain('pasted.kept');
  expect(parts.filter((part) => activity.includes(part) || app.output().includes(part))).toEqual([]);

  if (process.platform !== 'linux') return;
  const processes = processTree(app.electron.process().pid ?? -1);
  expect(processes.length, 'main, window and others').toBeGreaterThan(2);
  const telling = processes.filter(({ content }) => parts.some((part) => content.includes(part)));
  expect(telling.map(({ pid }) => pid)).toEqual([]);
}
