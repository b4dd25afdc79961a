import type { Locator, Page } from '@playwright/test';
import { factValue } from './facts.ts';

interface NewContext {
  address: string;
  userId: string;
  name: string;
  setUpPodman: boolean;
}

/** "Add context": address, then who you are there, then the registration of the new key. */
export class AddContextPage {
  readonly #window: Page;

  constructor(window: Page) {
    this.#window = window;
  }

  /** From anywhere: by the context switcher. */
  async open(): Promise<void> {
    await this.#window.getByRole('button', { name: /^Context:/ }).click();
    await this.#window.getByRole('button', { name: 'Add context…' }).click();
    await this.address.waitFor();
  }

  get address(): Locator {
    return this.#window.getByLabel('Service address');
  }

  get userId(): Locator {
    return this.#window.getByLabel('Your user id');
  }

  /** Why a service was not found: what happened and what to do. */
  get problem(): Locator {
    // Below all, or at the field where it is about what was typed.
    return this.#window.getByRole('alert').or(this.#window.locator('[id$="-error"]'));
  }

  async find(address: string): Promise<void> {
    await this.address.fill(address);
    await this.#window.getByRole('button', { name: 'Find service' }).click();
  }

  async describe({ userId, name, setUpPodman }: Omit<NewContext, 'address'>): Promise<void> {
    await this.userId.fill(userId);
    await this.#window.getByLabel('Context name').fill(name);
    await this.#window.getByRole('checkbox', { name: /Set up Podman/ }).setChecked(setUpPodman);
    await this.#window.getByRole('button', { name: 'Make key and continue' }).click();
  }

  /** Chooses to sign in by browser, and opens it. */
  async byBrowser(name: string, stay: 'Stay signed in until I sign out' | 'For 12 hours'): Promise<void> {
    await this.#window.getByRole('radio', { name: 'In your browser' }).check();
    await this.#window.getByRole('radio', { name: stay }).check();
    await this.#window.getByLabel('Context name').fill(name);
    await this.#window.getByRole('checkbox', { name: /Set up Podman/ }).setChecked(false);
    await this.#window.getByRole('button', { name: 'Open browser to sign in' }).click();
  }

  /** The whole way to the registration page of a pending context. */
  async add(context: NewContext): Promise<void> {
    await this.open();
    await this.find(context.address);
    await this.describe(context);
    await new RegistrationPage(this.#window).whenWaiting();
  }
}

/** The registration token and the wait for its effect. */
export class RegistrationPage {
  readonly #window: Page;

  constructor(window: Page) {
    this.#window = window;
  }

  async whenWaiting(): Promise<void> {
    await this.#window.getByText('Waiting for the registration.').waitFor();
  }

  async whenOffline(): Promise<void> {
    await this.#window.getByText('The service cannot be reached.').waitFor();
  }

  async whenRegistered(): Promise<void> {
    await this.#window.getByRole('heading', { level: 1, name: 'Key registered' }).waitFor();
  }

  async copyToken(): Promise<void> {
    await this.#window.getByRole('button', { name: /^Copy token/ }).click();
  }

  /** The app asks by itself too: where that was quicker, the button is gone. */
  async checkNow(): Promise<void> {
    await Promise.any([
      this.#window.getByRole('button', { name: 'Check now' }).click(),
      this.whenRegistered(),
    ]);
  }

  async renew(): Promise<void> {
    await this.#window.getByRole('button', { name: 'Renew' }).click();
  }

  /** Shows the token and answers it. */
  async revealToken(): Promise<string> {
    await this.#window.getByRole('button', { name: 'Reveal registration token' }).click();
    const shown = this.#window.locator('code', { hasText: /^eyJ/ });
    return shown.innerText();
  }

  get timeLeft(): Locator {
    return this.#window.getByText(/^expires in \d+:\d\d$/);
  }

  async openClaims(): Promise<void> {
    await this.#window.getByText('What the token says').click();
  }

  /** The value of a decoded claim, such as `User (sub)`. */
  claim(name: string): Locator {
    return factValue(this.#window, name);
  }

  async stopWaiting(): Promise<void> {
    await this.#window.getByRole('button', { name: 'Stop waiting' }).click();
  }

  async waitAgain(): Promise<void> {
    await this.#window.getByRole('button', { name: 'Wait again' }).click();
  }

  /** Removes the pending context, which needs no typing: nothing works with its key yet. */
  async removeContext(): Promise<void> {
    await this.#window.getByRole('button', { name: 'Remove context…' }).click();
    await this.#window.getByRole('dialog').getByRole('button', { name: 'Remove context' }).click();
    await this.#window.getByRole('dialog').waitFor({ state: 'detached' });
  }

  async openDashboard(): Promise<void> {
    await this.#window.getByRole('button', { name: 'Open dashboard' }).click();
  }
}
