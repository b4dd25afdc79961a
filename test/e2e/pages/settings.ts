import type { Locator, Page } from '@playwright/test';

/** The Security section of the settings. */
export class SecuritySettings {
  readonly #window: Page;

  constructor(window: Page) {
    this.#window = window;
  }

  row(name: 'Passphrase' | 'System keychain' | 'Recovery code' | 'Data key'): Locator {
    return this.#window.getByRole('group', { name, exact: true });
  }

  async press(row: Parameters<SecuritySettings['row']>[0], button: string): Promise<void> {
    await this.row(row).getByRole('button', { name: button, exact: true }).click();
  }

  async changePassphrase(old: string, to: string): Promise<void> {
    await this.press('Passphrase', 'Change…');
    await this.#type('Current passphrase', old);
    await this.#type('New passphrase', to);
    await this.#type('Repeat new passphrase', to);
    await this.#window.getByRole('button', { name: 'Change passphrase', exact: true }).click();
    await this.#window.getByText('Passphrase changed').waitFor();
  }

  /** Re-keys the vault; a new recovery code may be waiting to be stored afterwards. */
  async rekey(passphrase: string): Promise<void> {
    await this.press('Data key', 'Re-key vault…');
    await this.#type('Passphrase', passphrase);
    await this.#window.getByRole('button', { name: 'Re-key vault', exact: true }).click();
    await this.#window.getByText('Vault re-keyed').waitFor();
  }

  /** Makes a recovery code and leaves it where it waits to be stored. */
  async makeCode(passphrase: string): Promise<RecoveryCodePage> {
    await this.press('Recovery code', 'Make a code…');
    await this.#type('Passphrase', passphrase);
    await this.#window.getByRole('button', { name: 'Make code', exact: true }).click();
    return new RecoveryCodePage(this.#window);
  }

  async turnKeychainOn(passphrase: string): Promise<void> {
    await this.press('System keychain', 'Turn on…');
    await this.#type('Passphrase', passphrase);
    await this.#window.getByRole('button', { name: 'Turn on', exact: true }).click();
  }

  async #type(field: string, text: string): Promise<void> {
    await this.#window.getByRole('textbox', { name: field, exact: true }).fill(text);
  }
}

/** A recovery code that waits to be stored, on the first start or in the settings. */
export class RecoveryCodePage {
  readonly #window: Page;

  constructor(window: Page) {
    this.#window = window;
  }

  async reveal(): Promise<string> {
    await this.press('Reveal recovery code');
    return this.#window.locator('code', { hasText: /^[0-9A-Z]{4}(-[0-9A-Z]{4}){8}$/ }).innerText();
  }

  async press(name: string): Promise<void> {
    await this.#window.getByRole('button', { name, exact: true }).click();
  }

  async stored(): Promise<void> {
    await this.press('I have stored the code');
  }
}
