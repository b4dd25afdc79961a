import type { Locator, Page } from '@playwright/test';
import { ShellPage } from './shell.ts';

/** "Members": who belongs to an organization, and who is invited. */
export class MembersPage {
  readonly #window: Page;

  constructor(window: Page) {
    this.#window = window;
  }

  async open(): Promise<void> {
    await new ShellPage(this.#window).open('Members');
    await this.members.waitFor();
  }

  /** Invites addresses, and waits for what became of each. */
  async invite(emails: readonly string[]): Promise<void> {
    await this.#window.getByRole('button', { name: 'Invite people' }).click();
    await this.#window.getByLabel('Email addresses').fill(emails.join('\n'));
    await this.#window.getByRole('button', { name: /^Invite( \d+ people)?$/ }).click();
    await this.outcomes.waitFor();
  }

  /** What became of each address that was invited last. */
  get outcomes(): Locator {
    return this.#window.getByRole('region', { name: 'What became of each address' });
  }

  async closeOutcomes(): Promise<void> {
    await this.#window.getByRole('dialog').getByRole('button', { name: 'Done' }).click();
    await this.outcomes.waitFor({ state: 'detached' });
  }

  get members(): Locator {
    return this.#window.getByRole('table', { name: 'Members' });
  }

  /** The invitations that can still be accepted; there is no table where there are none. */
  get invitations(): Locator {
    return this.#window.getByRole('table', { name: 'Invitations' });
  }
}
