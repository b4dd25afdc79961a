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

  /** The sheet of the Doctor. */
  get doctor(): Locator {
    return this.#window.getByRole('dialog', { name: 'Doctor' });
  }

  async openDoctor(): Promise<void> {
    await this.#window.getByRole('button', { name: /^Doctor/ }).click();
    await this.doctor.getByRole('list', { name: 'Findings' }).waitFor();
  }

  /** Clicks a finding's button and waits until it is gone. */
  async mend(label: string, subject: string): Promise<void> {
    const button = this.doctor.getByRole('button', { name: `${label}: ${subject}` });
    await button.click();
    await button.waitFor({ state: 'detached' });
  }

  /** Copies the command by which the person mends a finding. */
  async copyCommand(subject: string): Promise<void> {
    await this.doctor.getByRole('button', { name: `Copy command: ${subject}` }).click();
  }

  /** Has the Doctor look at everything again. */
  async lookAgain(): Promise<void> {
    await this.doctor.getByRole('button', { name: 'Check again' }).click();
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

  /** Takes a set-up back, and waits until the list says so. */
  async undo(host: string, client = 'Podman'): Promise<void> {
    await this.#window.getByRole('button', { name: `Undo ${client}’s set-up for ${host}` }).click();
    await this.#window.getByRole('button', { name: `Set up ${client} for ${host}` }).waitFor();
  }
}
