import type { Locator, Page } from '@playwright/test';

/** What a user does on a page, to be put together. */
export type Step = (page: Page) => Promise<void>;

/**
 * Clicks as a program does: focus, then the click itself. A pointer takes ten times as much work, and what one meets on its
 * way is for the tests of the app.
 */
export function tap(target: Locator): Promise<void> {
  return target.evaluate((element: HTMLElement) => {
    element.focus();
    element.click();
  });
}

export function click(name: string | RegExp): Step {
  return (page) => tap(page.getByRole('button', { name, exact: true }));
}

/** A key of the window, and the dialog that it opens. */
export function press(keys: string): Step {
  return async (page) => {
    await page.keyboard.press(keys);
    await page.getByRole('dialog').waitFor();
  };
}

export function visit(label: string | RegExp, ...then: Step[]): Step {
  return async (page) => {
    await tap(page.getByRole('link', { name: label, exact: true }));
    for (const step of then) await step(page);
  };
}

export function type(page: Page, field: string, text: string): Promise<void> {
  return page.getByRole('textbox', { name: field, exact: true }).fill(text);
}

/** Opens the list of contexts, which is drawn once its place is measured. */
export async function openContexts(page: Page): Promise<void> {
  await tap(page.getByRole('button', { name: /^Context: / }));
  await page.getByRole('option').first().waitFor();
}

/** Waits for what the check of the log has found. */
export function verdict(page: Page): Promise<void> {
  return page.getByText(/^The log (is intact|was changed)/).waitFor();
}
