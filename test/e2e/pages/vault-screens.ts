import type { Locator, Page } from '@playwright/test';

/** The screens in front of the vault: create and unlock. */
export class VaultScreens {
  readonly #window: Page;

  constructor(window: Page) {
    this.#window = window;
  }

  get passphrase(): Locator {
    return this.#window.getByRole('textbox', { name: 'Passphrase', exact: true });
  }

  /** What is wrong with the passphrase, below its field. */
  get problem(): Locator {
    return this.#window.getByRole('alert');
  }

  get unlockButton(): Locator {
    return this.#window.getByRole('button', { name: 'Unlock' });
  }

  async create(passphrase: string): Promise<void> {
    await this.passphrase.fill(passphrase);
    await this.#window.getByRole('textbox', { name: 'Repeat passphrase' }).fill(passphrase);
    await this.#window.getByRole('button', { name: 'Create vault' }).click();
    await this.whenOpen();
  }

  /** Types a passphrase and sends it; does not wait for the outcome. */
  async tryUnlock(passphrase: string): Promise<void> {
    await this.passphrase.fill(passphrase);
    await this.passphrase.press('Enter');
  }

  async unlock(passphrase: string): Promise<void> {
    await this.tryUnlock(passphrase);
    await this.whenOpen();
  }

  async whenOpen(): Promise<void> {
    await this.#window.locator('html[data-ready="shell"]').waitFor({ state: 'attached' });
  }

  async isLocked(): Promise<boolean> {
    return (await this.#window.locator('html[data-ready="unlock"]').count()) > 0;
  }

  async whenLocked(): Promise<void> {
    await this.#window.locator('html[data-ready="unlock"]').waitFor({ state: 'attached' });
  }
}
