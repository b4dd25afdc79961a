import type { Locator, Page } from '@playwright/test';
import { factValue } from './facts.ts';

/** "Tokens": minting by hand. */
export class TokensPage {
  readonly #window: Page;

  constructor(window: Page) {
    this.#window = window;
  }

  /** Chooses one of the offered lives, such as `1 hour`, and mints. */
  async mint(life: string): Promise<void> {
    await this.#choose(life);
    await this.#submit();
  }

  /** Types a life of one's own, such as `90m`, and mints. */
  async mintFor(ttl: string): Promise<void> {
    await this.#choose('Other');
    await this.otherLife.fill(ttl);
    await this.#submit();
  }

  get otherLife(): Locator {
    return this.#window.getByLabel('Other life');
  }

  get card(): Locator {
    const title = this.#window.getByRole('heading', { name: 'New token' });
    return this.#window.locator('section').filter({ has: title });
  }

  /** The value of a decoded claim, such as `User (sub)`. */
  claim(name: string): Locator {
    return factValue(this.#window, name);
  }

  /** Shows the token, which is possible once, and answers it. */
  async reveal(): Promise<string> {
    await this.#window.getByRole('button', { name: 'Reveal token' }).click();
    return this.shown.innerText();
  }

  /** The token's text while it is shown. */
  get shown(): Locator {
    return this.#window.locator('code', { hasText: /^eyJ/ });
  }

  async copy(form: 'token' | 'Authorization header' | 'curl command'): Promise<void> {
    const shown = { token: null, 'Authorization header': 'Header', 'curl command': 'curl' }[form];
    if (shown !== null) {
      await this.#window
        .getByRole('radiogroup', { name: 'Use it from' })
        .getByText(shown, { exact: true })
        .click();
    }
    await this.#window.getByRole('button', { name: `Copy ${form}` }).click();
    await this.#window
      .getByRole('status')
      .filter({ hasText: /^Copied$/ })
      .first()
      .waitFor({ state: 'attached' });
  }

  /** The radio buttons themselves lie out of sight; people click their labels. */
  async #choose(life: string): Promise<void> {
    await this.#window
      .getByRole('radiogroup', { name: 'Valid for' })
      .getByText(life, { exact: true })
      .click();
  }

  async #submit(): Promise<void> {
    await this.#window.getByRole('button', { name: 'Mint token' }).click();
  }
}
