import type { Locator, Page } from '@playwright/test';
import { ShellPage } from './shell.ts';

/** The bots of an organization, and who may use a repository. */
export class OrganizationPages {
  readonly #window: Page;

  constructor(window: Page) {
    this.#window = window;
  }

  async makeBot(name: string): Promise<void> {
    await new ShellPage(this.#window).open('Bots');
    await this.#window.getByRole('button', { name: 'New bot' }).click();
    await this.#window.getByLabel('Name').fill(name);
    await this.#window.getByRole('button', { name: 'Make bot' }).click();
    await this.sheet(name).waitFor();
  }

  async openBot(name: string): Promise<Locator> {
    await new ShellPage(this.#window).open('Bots');
    await this.#window.getByRole('button', { name, exact: true }).click();
    return this.sheet(name);
  }

  /** From the bot's open sheet on: the credential that is to be taken now. */
  async makeKey(name: string): Promise<Locator> {
    await this.sheet(name).getByRole('button', { name: 'New key' }).click();
    await this.#window.getByRole('button', { name: 'Make and register key' }).click();
    return this.sheet(`Credential of ${name}`);
  }

  async openRepository(name: string): Promise<Locator> {
    await new ShellPage(this.#window).open('Repositories');
    await this.#window.getByRole('button', { name, exact: true }).click();
    return this.sheet(name);
  }

  /** From the repository's open sheet on: who may use it. */
  async showAccess(repository: Locator): Promise<void> {
    await repository.getByRole('tab', { name: 'Access' }).click();
  }

  /** From the repository's open sheet on: one of its tags. */
  async openTag(repository: Locator, tag: string): Promise<void> {
    await repository.getByRole('option', { name: tag }).click();
    await repository.getByRole('heading', { name: tag, exact: true }).waitFor();
  }

  async authorizeBot(repository: Locator, name: string): Promise<void> {
    await this.showAccess(repository);
    await repository.getByRole('button', { name: 'Give permission' }).click();
    await this.#window.keyboard.type(name);
    await repository.getByRole('option', { name }).waitFor();
    await this.#window.keyboard.press('Enter');
    await repository.getByRole('button', { name: 'Give permission' }).click();
    // Among the permissions, which name the bot with its organization; below are all who have access.
    await repository.getByRole('row', { name: `/${name}` }).waitFor();
  }

  sheet(title: string): Locator {
    return this.#window.getByRole('dialog', { name: title });
  }
}
