import type { Locator, Page } from '@playwright/test';

/** The sheet that edits a context, and signing out. */
export class ContextPages {
  readonly #window: Page;

  constructor(window: Page) {
    this.#window = window;
  }

  /** From the Status page: changes the look of the current context. */
  async edit(look: { name?: string; label?: string; colour?: string }): Promise<void> {
    await this.#window.getByRole('button', { name: 'Edit', exact: true }).click();
    const sheet = this.#window.getByRole('dialog', { name: 'Edit context' });
    if (look.name !== undefined) await sheet.getByLabel('Name').fill(look.name);
    if (look.label !== undefined) await sheet.getByLabel('Label').fill(look.label);
    if (look.colour !== undefined) await sheet.getByRole('radio', { name: look.colour }).check();
    await sheet.getByRole('button', { name: 'Save' }).click();
    await sheet.waitFor({ state: 'detached' });
  }

  /** From the Status page: signs out of the current context. */
  async signOut(): Promise<void> {
    await this.#window.getByRole('button', { name: 'Sign out…' }).click();
    await this.#window.getByRole('dialog').getByRole('button', { name: 'Sign out', exact: true }).click();
    await this.report.waitFor();
  }

  /** Answers the question that the context menu's entry asks. */
  async confirmSignOutOfAll(): Promise<void> {
    await this.#window.getByRole('button', { name: 'Sign out of all', exact: true }).click();
    await this.report.waitFor();
  }

  /** What was done and what could not be. */
  get report(): Locator {
    return this.#window.getByRole('dialog', { name: 'Signed out' });
  }

  /** What the report says of one context. */
  reportOf(name: string): Locator {
    return this.report.getByRole('region', { name, exact: true });
  }

  async closeReport(): Promise<void> {
    await this.report.getByRole('button', { name: 'Done' }).click();
    await this.report.waitFor({ state: 'detached' });
  }

  async signInAgain(): Promise<void> {
    await this.#window.getByRole('button', { name: 'Sign in with a new key' }).click();
  }
}
