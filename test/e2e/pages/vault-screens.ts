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
    return this.#window.getByRole('button', { name: 'Unlock', exact: true });
  }

  get keychainBox(): Locator {
    return this.#window.getByRole('checkbox', { name: 'Unlock with the system keychain' });
  }

  get keychainButton(): Locator {
    return this.#window.getByRole('button', { name: 'Unlock with the system keychain' });
  }

  /** Makes the vault and goes on without a recovery code. */
  async create(passphrase: string): Promise<void> {
    await this.createUpToCode(passphrase);
    await this.#press('Continue without a recovery code');
    await this.#press('Continue without a code');
    await this.whenOpen();
  }

  /** Makes the vault and stops where its recovery code is to be stored. */
  async createUpToCode(passphrase: string): Promise<void> {
    await this.passphrase.fill(passphrase);
    await this.#window.getByRole('textbox', { name: 'Repeat passphrase' }).fill(passphrase);
    await this.#press('Create vault');
    await this.#window.locator('html[data-ready="recovery"]').waitFor({ state: 'attached' });
  }

  /** Uses a recovery code at the unlock screen; does not wait for the outcome. */
  async tryRecover(code: string, passphrase: string): Promise<void> {
    await this.#press('Forgot passphrase?');
    await this.#window.getByRole('textbox', { name: 'Recovery code' }).fill(code);
    await this.#window.getByRole('textbox', { name: 'New passphrase', exact: true }).fill(passphrase);
    await this.#window.getByRole('textbox', { name: 'Repeat new passphrase' }).fill(passphrase);
    await this.#press('Open vault and set passphrase');
  }

  /** Types a passphrase and sends it; does not wait for the outcome. */
  /** The button has another name while an earlier try is under way, which lets no other begin. */
  async tryUnlock(passphrase: string): Promise<void> {
    await this.unlockButton.waitFor();
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

  async #press(name: string): Promise<void> {
    await this.#window.getByRole('button', { name, exact: true }).click();
  }
}
