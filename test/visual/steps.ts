import type { Page } from '@playwright/test';

/** What a user does on a page, to be put together. */
export type Step = (page: Page) => Promise<void>;

export function click(name: string | RegExp): Step {
  return (page) => page.getByRole('button', { name, exact: true }).click();
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
    await page.getByRole('link', { name: label, exact: true }).click();
    // In a narrow window the link is a picture, whose name appears under a pointer that rests on it.
    await page.mouse.move(0, 0);
    for (const step of then) await step(page);
  };
}

export function type(page: Page, field: string, text: string): Promise<void> {
  return page.getByRole('textbox', { name: field, exact: true }).fill(text);
}

/** Opens the list of contexts, which is drawn once its place is measured. */
export async function openContexts(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Context: / }).click();
  await page.getByRole('option').first().waitFor();
}

/** Waits for what the check of the log has found. */
export function verdict(page: Page): Promise<void> {
  return page.getByText(/^The log (is intact|was changed)/).waitFor();
}
