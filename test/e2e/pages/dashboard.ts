import type { Page } from '@playwright/test';
import type { DemoUser } from '../../../contracts/server-api/start-line.ts';

/** The service's own keys page, in a real browser. */
export class DashboardPage {
  readonly #page: Page;
  readonly #origin: string;

  constructor(page: Page, origin: string) {
    this.#page = page;
    this.#origin = origin;
  }

  async signIn({ username, password }: DemoUser): Promise<void> {
    await this.#page.goto(`${this.#origin}/dashboard/keys`);
    await this.#page.getByLabel('User name or e-mail').fill(username);
    await this.#page.getByLabel('Password').fill(password);
    await this.#page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await this.#page.getByRole('heading', { name: 'Public keys' }).waitFor();
  }

  async userId(): Promise<string> {
    return await this.#page.getByLabel('Your user ID').inputValue();
  }

  /** Pastes whatever is on the clipboard into the registration field, by the keyboard. */
  async pasteToken(): Promise<void> {
    await this.#page.getByLabel('Registration token').focus();
    await this.#page.keyboard.press('ControlOrMeta+V');
  }

  async typeToken(token: string): Promise<void> {
    await this.#page.getByLabel('Registration token').fill(token);
  }

  /** Sends the form and waits for the outcome's headline. */
  async register(): Promise<string> {
    // The page before may show the outcome of an earlier token in the same place.
    const answered = this.#page.waitForEvent('domcontentloaded');
    await this.#page.getByRole('button', { name: 'Register key' }).click();
    await answered;
    return await this.#page.locator('#notice-title').innerText();
  }
}
