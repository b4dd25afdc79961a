import type { Locator, Page } from '@playwright/test';
import { factValue } from './facts.ts';

/** "Tokens", the tab that takes any token apart. */
export class InspectPage {
  readonly #window: Page;

  constructor(window: Page) {
    this.#window = window;
  }

  async open(): Promise<void> {
    await this.#window.getByRole('tab', { name: 'Inspect' }).click();
    await this.field.waitFor();
  }

  get field(): Locator {
    return this.#window.getByLabel('Token', { exact: true });
  }

  /** Puts a text in the place of what is there, and has it inspected. */
  async paste(text: string): Promise<void> {
    await this.field.fill(text);
    await this.#window.getByRole('button', { name: 'Inspect token' }).click();
  }

  /** The sentence on top, by its title. */
  verdict(title: string): Locator {
    return this.#window.getByRole('tabpanel').locator('[data-tone]').filter({ hasText: title }).first();
  }

  /** A claim, a header member or a check. */
  fact(name: string): Locator {
    return factValue(this.#window, name);
  }
}
