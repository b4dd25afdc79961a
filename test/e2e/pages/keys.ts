import type { Locator, Page } from '@playwright/test';

/** The keys of a context: list, sheet, import and rotation. */
export class KeysPage {
  readonly #window: Page;

  constructor(window: Page) {
    this.#window = window;
  }

  /** Opens the page, whatever its link says besides its name. */
  async open(): Promise<void> {
    await this.#window.getByRole('link', { name: /^Keys/ }).click();
    await this.#window.getByRole('heading', { level: 1, name: 'Keys' }).waitFor();
  }

  /** The rows of the list, newest first. */
  get rows(): Locator {
    return this.#window.getByRole('table', { name: 'Keys' }).locator('tbody tr');
  }

  async rotate(): Promise<void> {
    await this.#window.getByRole('button', { name: 'Rotate key' }).click();
    await this.#window.getByRole('dialog').getByRole('button', { name: 'Rotate key' }).click();
  }

  async goOn(): Promise<void> {
    await this.#window.getByRole('button', { name: 'Continue' }).click();
  }

  async undo(): Promise<void> {
    await this.#window.getByRole('button', { name: 'Undo rotation' }).click();
  }

  async whenRotated(): Promise<void> {
    await this.#window.getByText('Key rotated', { exact: true }).waitFor();
  }

  /** Where an unfinished rotation stands. */
  get standing(): Locator {
    return this.#window.getByText(/^The rotation (stands at step \d|is not finished)$/);
  }

  async openSheet(row: Locator): Promise<Locator> {
    await row.getByRole('button').first().click();
    return this.#window.getByRole('dialog');
  }

  async openImport(): Promise<Locator> {
    await this.#window.getByRole('button', { name: 'Import key' }).click();
    return this.#window.getByRole('dialog', { name: 'Import private key' });
  }
}
