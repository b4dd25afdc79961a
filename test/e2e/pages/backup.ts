import type { Locator, Page } from '@playwright/test';

/** The Backup section of the settings and its dialogs. */
export class BackupPage {
  readonly #window: Page;

  constructor(window: Page) {
    this.#window = window;
  }

  get restoreDialog(): Locator {
    return this.#window.getByRole('dialog', { name: 'Restore from a backup' });
  }

  /** The contexts of an opened backup, one a row. */
  row(name: string): Locator {
    return this.#window
      .getByRole('table', { name: 'Contexts in the backup' })
      .getByRole('row')
      .filter({ hasText: name });
  }

  async save(passphrase: string): Promise<void> {
    await this.#press('Save backup…');
    await this.#type('Backup passphrase', passphrase);
    await this.#type('Repeat backup passphrase', passphrase);
    await this.#press('Choose where…');
  }

  async startRestore(): Promise<void> {
    await this.#press('Restore…');
    await this.restoreDialog.waitFor();
  }

  /** Chooses the file that the system's dialog answers with. */
  async choose(): Promise<void> {
    await this.restoreDialog.getByRole('button', { name: /^Choose / }).click();
  }

  /** Opens the chosen file; does not wait for the outcome. */
  async open(passphrase: string): Promise<void> {
    await this.#type('Backup passphrase', passphrase);
    await this.#press('Open backup');
  }

  async restore(): Promise<void> {
    await this.#press('Restore');
    await this.#done();
  }

  async replace(): Promise<void> {
    await this.restoreDialog.getByText('Replace everything', { exact: true }).first().click();
    await this.#press('Replace everything');
    await this.#done();
  }

  async #done(): Promise<void> {
    await this.#window.getByRole('dialog', { name: 'Restored' }).waitFor();
    await this.#press('Done');
  }

  async #press(name: string): Promise<void> {
    await this.#window.getByRole('button', { name, exact: true }).click();
  }

  async #type(field: string, text: string): Promise<void> {
    await this.#window.getByRole('textbox', { name: field, exact: true }).fill(text);
  }
}
