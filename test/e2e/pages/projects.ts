import type { Page } from '@playwright/test';
import { ShellPage } from './shell.ts';

/** "Projects": what an organization works on. */
export class ProjectsPage {
  readonly #window: Page;

  constructor(window: Page) {
    this.#window = window;
  }

  async open(): Promise<void> {
    await new ShellPage(this.#window).open('Projects');
  }

  /** Makes a project. @returns its id, which its sheet says. */
  async make(name: string): Promise<string> {
    await this.#window.getByRole('button', { name: 'New project' }).click();
    await this.#window.getByLabel('Name').fill(name);
    await this.#window.getByRole('button', { name: 'Make project' }).click();
    const sheet = this.#window.getByRole('dialog', { name, exact: true });
    const id = await sheet.getByText(/^prj_/).innerText();
    await this.#window.keyboard.press('Escape');
    await sheet.waitFor({ state: 'detached' });
    return id;
  }
}
