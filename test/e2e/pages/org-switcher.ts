import type { Locator, Page } from '@playwright/test';

/** The organization in the sidebar, and what it leads to. */
export class OrgSwitcher {
  readonly #window: Page;

  constructor(window: Page) {
    this.#window = window;
  }

  get target(): Locator {
    return this.#window.getByRole('button', { name: /^Organization:/ });
  }

  async choose(organization: string): Promise<void> {
    await this.target.click();
    await this.#window.getByRole('option', { name: new RegExp(`^${organization}`) }).click();
  }

  /** Waits until it says that an API key is for one organization. */
  async expectFixed(): Promise<void> {
    await this.target.click();
    await this.#window.getByText(/signs in with an API key, which is for/).waitFor();
    await this.#window.keyboard.press('Escape');
  }
}
