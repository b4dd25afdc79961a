import type { Page } from '@playwright/test';

/** The page that an invitation's link leads to, in a real browser. */
export class InvitationPage {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  /** Waits until it asks whether one joins. */
  async whenAsked(organization: string): Promise<void> {
    await this.#page.getByRole('heading', { level: 1, name: `Join ${organization}` }).waitFor();
  }

  /** Joins, and waits for the page that says so. @returns what it says. */
  async join(organization: string): Promise<string> {
    await this.#page.getByRole('button', { name: `Join ${organization}` }).click();
    await this.#page.getByRole('heading', { level: 1, name: 'Projects' }).waitFor();
    return this.#page.locator('#notice-title').innerText();
  }
}
