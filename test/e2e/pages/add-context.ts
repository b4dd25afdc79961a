import type { Locator, Page } from '@playwright/test';

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
    await this.#window.getByRole('menuitem', { name: 'Add context…' }).click();
    await this.address.waitFor();
  }

  get address(): Locator {
    return this.#window.getByLabel('Service address');
  }

  get userId(): Locator {
    return this.#window.getByLabel('Your user id');
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
    await this.#window
      .getByRole('heading', { level: 1, name: 'Key registered' })
      .waitFor({ timeout: 30_000 });
  }

  async copyToken(): Promise<void> {
    await this.#window.getByRole('button', { name: /^Copy token/ }).click();
  }

  async checkNow(): Promise<void> {
    await this.#window.getByRole('button', { name: 'Check now' }).click();
  }

  async openDashboard(): Promise<void> {
    await this.#window.getByRole('button', { name: 'Open dashboard' }).click();
  }
}
