import type { Locator, Page } from '@playwright/test';

/** "Registries": what Podman and Docker sign in with. */
export class RegistriesPage {
  readonly #window: Page;

  constructor(window: Page) {
    this.#window = window;
  }

  row(host: string): Locator {
    return this.#window.getByRole('row').filter({ hasText: host });
  }

  get dialog(): Locator {
    return this.#window.getByRole('dialog');
  }

  /** Opens the preview of what setting a client up would change. */
  async preview(host: string, client = 'Podman'): Promise<void> {
    await this.#window.getByRole('button', { name: `Set up ${client} for ${host}` }).click();
    await this.dialog.waitFor();
  }

  /** The change to the file, line by line. */
  get diff(): Locator {
    return this.dialog.getByRole('region', { name: 'Change to the file' });
  }

  /** Does what the preview showed. */
  async confirm(): Promise<void> {
    await this.dialog.getByRole('button', { name: /^Set up / }).click();
    await this.dialog.waitFor({ state: 'detached' });
  }

  async undo(host: string, client = 'Podman'): Promise<void> {
    await this.#window.getByRole('button', { name: `Undo ${client}’s set-up for ${host}` }).click();
  }
}
