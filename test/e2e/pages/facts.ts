import type { Locator, Page } from '@playwright/test';

/** The value beside a name in a list of facts. */
export function factValue(window: Page, name: string): Locator {
  return window
    .getByRole('term')
    .and(window.getByText(name, { exact: true }))
    .locator('xpath=following-sibling::dd');
}
