import type { Locator, Page } from '@playwright/test';

/** "Remote keys": the keys that a service keeps. */
export class RemoteKeysPage {
  readonly #window: Page;

  constructor(window: Page) {
    this.#window = window;
  }

  get table(): Locator {
    return this.#window.getByRole('table', { name: 'Remote keys' });
  }

  /** What lies over the page now: a key's sheet, or the dialog of a deed. */
  get dialog(): Locator {
    return this.#window.getByRole('dialog');
  }

  async checkAgain(): Promise<void> {
    await this.#window.getByRole('button', { name: 'Check again' }).click();
  }

  async make(keyId: string, algorithm: 'Ed25519' | 'P-256' | 'secp256k1'): Promise<void> {
    await this.#window.getByRole('button', { name: 'New key' }).click();
    await this.dialog.getByLabel('Id', { exact: true }).fill(keyId);
    await this.dialog.getByLabel('Algorithm').selectOption({ label: algorithm });
    await this.dialog.getByRole('button', { name: 'Make key' }).click();
    await this.#sheet(keyId).waitFor();
  }

  /** As `make`, by keys alone. */
  async makeByKeyboard(keyId: string, algorithm: 'Ed25519' | 'P-256' | 'secp256k1'): Promise<void> {
    await this.#window.getByRole('button', { name: 'New key' }).first().press('Enter');
    await this.dialog.getByLabel('Id', { exact: true }).waitFor();
    await this.#window.keyboard.type(keyId);
    await this.#window.keyboard.press('Tab');
    // A list is chosen from by the first letters.
    await this.#window.keyboard.type(algorithm);
    await this.#window.keyboard.press('Tab');
    await this.#window.keyboard.press('Enter');
    await this.#sheet(keyId).waitFor();
  }

  async open(keyId: string): Promise<void> {
    await this.table.getByRole('button', { name: keyId, exact: true }).click();
    await this.#sheet(keyId).waitFor();
  }

  /** Begins one of the deeds of the open sheet, such as `Sign`. */
  async begin(deed: string): Promise<void> {
    await this.dialog.getByRole('button', { name: `${deed}…`, exact: true }).click();
    await this.#window.getByRole('dialog', { name: new RegExp(`^${deed} `) }).waitFor();
  }

  /** Presses a button of what lies over the page. */
  async press(name: string): Promise<void> {
    await this.dialog.getByRole('button', { name, exact: true }).click();
  }

  /** Signs a text with the key of the open sheet, and comes back to that. */
  async sign(text: string): Promise<string> {
    await this.begin('Sign');
    const signature = await this.signText(text);
    await this.press('Done');
    return signature;
  }

  /** Signs a text in the dialog for it, which then shows the signature. */
  async signText(text: string): Promise<string> {
    await this.dialog.getByLabel('Text that is signed').fill(text);
    await this.press('Sign');
    return this.dialog.getByLabel('Signature', { exact: true }).innerText();
  }

  /** Fills the dialog in which signatures are verified, and sends it. */
  async verify(text: string, signature: string): Promise<void> {
    await this.dialog.getByLabel('Text that is verified').fill(text);
    await this.dialog.getByLabel('Signature', { exact: true }).fill(signature);
    await this.press('Verify');
  }

  async destroy(keyId: string, generation: number): Promise<void> {
    await this.press(`Destroy generation ${String(generation)}`);
    await this.dialog.getByLabel(`Type ${keyId} to confirm`).fill(keyId);
    await this.press('Destroy generation');
  }

  #sheet(keyId: string): Locator {
    return this.#window.getByRole('dialog', { name: keyId, exact: true }).getByText('Use it');
  }
}
