import type { Locator, Page } from '@playwright/test';
import { ShellPage } from './shell.ts';

/** Keys of the levels that a grant can have. */
const levelKeys = { none: '0', pull: '1', push: '2', delete: '3', admin: '4' } as const;
export type Level = keyof typeof levelKeys;

/** Who may do what, by mouse and keyboard as a person has them. */
export class MatrixPage {
  readonly #window: Page;

  constructor(window: Page) {
    this.#window = window;
  }

  get grid(): Locator {
    return this.#window.getByRole('grid', { name: 'Who may do what' });
  }

  async open(): Promise<void> {
    await new ShellPage(this.#window).open('Permissions');
    await this.grid.waitFor();
  }

  /** The cell of somebody on a repository, both named in full, once it is read. The filters bring it into sight. */
  async cell(name: string, repository: string): Promise<Locator> {
    await this.#window.getByLabel('Filter by name').fill(name);
    await this.#window.getByLabel('Filter repositories').fill(repository);
    const head = this.grid.locator('[role=columnheader]', {
      has: this.#window.locator(`bdi.kh-hidden:text-is(${JSON.stringify(repository)})`),
    });
    const column = await head.getAttribute('aria-colindex');
    const row = this.grid.locator('[role=row]', {
      has: this.#window.locator(`[role=rowheader] bdi:text-is(${JSON.stringify(name)})`),
    });
    const cell = row.locator(`[role=gridcell][aria-colindex="${String(column)}"]`);
    await cell.and(this.#window.locator(':not([aria-label="not read yet"])')).waitFor();
    return cell;
  }

  /** Has a grant to somebody alone be of a level, by a click and a key: pending, and not made. */
  async prepare(name: string, repository: string, level: Level): Promise<void> {
    const cell = await this.cell(name, repository);
    await cell.click();
    await this.#window.keyboard.press(levelKeys[level]);
    await cell.and(this.#window.locator(`[aria-label^="pending: ${level}"]`)).waitFor();
  }

  /**
   * Looks at what is pending, and has it made.
   *
   * @returns what the review said of it
   */
  async apply(): Promise<string> {
    await this.#window.getByRole('button', { name: 'Review', exact: true }).click();
    const sheet = this.#window.getByRole('dialog');
    await sheet.getByRole('list').first().waitFor();
    const words = await sheet.innerText();
    await sheet.getByRole('button', { name: /^Apply \d/ }).click();
    await this.#window.getByText(/changes? made$/).waitFor();
    return words;
  }

  /** Gives somebody a level on a repository, in place of what there is. */
  async give(name: string, repository: string, level: Level): Promise<string> {
    await this.open();
    await this.prepare(name, repository, level);
    return this.apply();
  }

  /** Takes the last changes back. */
  async undoLast(): Promise<void> {
    await this.#window.getByRole('button', { name: 'Last changes' }).click();
    const sheet = this.#window.getByRole('dialog');
    await sheet.getByRole('button', { name: /^Undo/ }).first().click();
    await this.#window.getByText('The changes are undone').waitFor();
    await this.#window.keyboard.press('Escape');
    await sheet.waitFor({ state: 'detached' });
  }

  /** Chooses an item of the menu for files; the system's dialogs are answered before. */
  async files(item: 'Export grants as CSV…' | 'Export grants as JSON…' | 'Import grants…'): Promise<void> {
    await this.#window.getByRole('button', { name: 'Export and import' }).click();
    await this.#window.getByRole('menuitem', { name: item }).click();
  }
}
