import type { Page } from '@playwright/test';
import { expect } from '../fixtures.ts';
import type { RunningApp } from '../launch.ts';

/** The approval window, once it takes an answer, while something waits for it. */
export async function questionWhile<T>(
  { electron }: Pick<RunningApp, 'electron'>,
  work: () => Promise<T>,
): Promise<{ prompt: Page; done: Promise<T> }> {
  const opened = electron.waitForEvent('window');
  const done = work();
  const prompt = await opened;
  await expect(prompt.getByRole('button', { name: 'Allow' })).toHaveAttribute('aria-disabled', 'false');
  return { prompt, done };
}

export async function answer(prompt: Page, name: 'Allow' | 'Deny'): Promise<void> {
  const closed = prompt.waitForEvent('close');
  const click = prompt.getByRole('button', { name }).click();
  // The window may be gone before Playwright has seen its own click through.
  await Promise.all([closed, click.catch(() => undefined)]);
}

/** Has programs be asked about. */
export async function startAsking(app: Pick<RunningApp, 'window'>): Promise<void> {
  await app.window.evaluate(() => window.keyhold.settings.change({ askBeforeUse: true }));
}

/** As a person would: asks for it in the window, and says yes to main. */
export async function stopAsking(app: Pick<RunningApp, 'electron' | 'window'>): Promise<void> {
  const asks = await app.window.evaluate(async () => {
    const view = await window.keyhold.settings.get();
    return view.ok && view.value.settings.askBeforeUse;
  });
  if (!asks) return;
  const { prompt, done } = await questionWhile(app, () =>
    app.window.evaluate(() => window.keyhold.settings.change({ askBeforeUse: false })),
  );
  await answer(prompt, 'Allow');
  expect(await done).toMatchObject({ ok: true });
}
