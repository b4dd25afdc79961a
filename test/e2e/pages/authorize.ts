import type { Locator, Page } from '@playwright/test';
import type { DemoUser } from '../../../contracts/server-api/start-line.ts';

/** The service's page where a person lets a program sign in, in a real browser. */
export class AuthorizePage {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  /** Opens the address that the app had the system open, and signs in where nobody is yet. */
  async open(address: string, { username, password }: DemoUser): Promise<void> {
    await this.#page.goto(address);
    const field = this.#page.getByLabel('User name or e-mail');
    await field.or(this.#title).waitFor();
    if (await field.isVisible()) {
      await field.fill(username);
      await this.#page.getByLabel('Password').fill(password);
      await this.#page.getByRole('button', { name: 'Sign in', exact: true }).click();
      await this.whenAsked();
    }
  }

  /** Waits until it asks whether the program may sign in. */
  async whenAsked(): Promise<void> {
    await this.#title.waitFor();
  }

  async chooseOrganization(slug: string): Promise<void> {
    await this.#page.getByRole('combobox', { name: 'Organization' }).selectOption(slug);
  }

  async answer(answer: 'Authorize' | 'Cancel'): Promise<void> {
    await this.#page.getByRole('button', { name: answer }).click();
  }

  /** What the app's own page says in the end. */
  async end(): Promise<string> {
    await this.#page.waitForURL(/^http:\/\/127\.0\.0\.1:\d+\/callback\?/);
    return await this.#page.getByRole('main').innerText();
  }

  get #title(): Locator {
    return this.#page.getByRole('heading', { name: 'Let a program sign in' });
  }
}
