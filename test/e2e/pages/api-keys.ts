import type { Locator, Page } from '@playwright/test';
import { ShellPage } from './shell.ts';

/** What a new key is to be. */
interface NewKey {
  name: string;
  /** Names of the projects that it reaches. */
  projects: readonly string[];
  /** As the form calls it. */
  may: 'Read' | 'Agent' | 'Read and write';
}

/** "API keys": making one with the scope picker, taking it, and the list. */
export class ApiKeysPage {
  readonly #window: Page;

  constructor(window: Page) {
    this.#window = window;
  }

  async open(): Promise<void> {
    await new ShellPage(this.#window).open('API keys');
  }

  /** Fills in the form of a new key. */
  async describe({ name, projects, may }: NewKey): Promise<void> {
    await this.#window.getByRole('button', { name: 'Make API key' }).click();
    await this.#form.getByLabel('Name', { exact: true }).fill(name);
    // The radio buttons themselves lie out of sight; people click their labels.
    await this.#form.getByText('Projects', { exact: true }).click();
    for (const project of projects) await this.#form.getByLabel(`Select ${project}`, { exact: true }).check();
    await this.#form.getByText(may, { exact: true }).click();
  }

  /** What the form says in words that the key may do. */
  get sentence(): Locator {
    return this.#form.getByLabel('What the key may do');
  }

  /** Sends the form and waits for the key. */
  async make(name: string): Promise<void> {
    await this.#form.getByRole('button', { name: 'Make API key' }).click();
    await this.made(name).waitFor();
  }

  /** The new key, which can be taken now. */
  made(name: string): Locator {
    return this.#window.getByRole('dialog', { name, exact: true });
  }

  /** Copies the new key, or a command that uses it. */
  async copy(name: string, what: 'key' | 'curl command'): Promise<void> {
    await this.made(name)
      .getByRole('button', { name: `Copy ${what}` })
      .click();
    // The button itself then counts down to when the clipboard is cleared.
    await this.made(name)
      .getByRole('button', { name: `Copy ${what}` })
      .waitFor({ state: 'detached' });
  }

  async done(name: string): Promise<void> {
    await this.made(name).getByRole('button', { name: 'Done' }).click();
    await this.made(name).waitFor({ state: 'detached' });
  }

  row(name: string): Locator {
    return this.#window.getByRole('table', { name: 'API keys' }).getByRole('row').filter({ hasText: name });
  }

  get #form(): Locator {
    return this.#window.getByRole('dialog', { name: 'New API key' });
  }
}
