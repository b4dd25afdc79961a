import type { Locator, Page } from '@playwright/test';

export type PageName =
  | 'Status'
  | 'Keys'
  | 'Tokens'
  | 'Registries'
  | 'Repositories'
  | 'Permissions'
  | 'Requests'
  | 'Bots'
  | 'Members'
  | 'API keys'
  | 'Projects'
  | 'Remote keys'
  | 'Rules'
  | 'Activity'
  | 'Approvals'
  | 'Settings';

/** The sidebar and what it leads to. */
export class ShellPage {
  readonly #window: Page;

  constructor(window: Page) {
    this.#window = window;
  }

  /** Opens a page by its link and waits for its title. */
  async open(name: PageName): Promise<void> {
    await this.#window.getByRole('link', { name, exact: true }).click();
    await this.title(name).waitFor();
  }

  title(name: string): Locator {
    return this.#window.getByRole('heading', { level: 1, name });
  }

  get switcher(): Locator {
    return this.#window.getByRole('button', { name: /^Context:/ });
  }

  /** The field of the open switcher. */
  get search(): Locator {
    return this.#window.getByRole('combobox', { name: 'Search contexts' });
  }

  /** A context in the open switcher; without a name all that are drawn. */
  option(contextName = ''): Locator {
    return this.#window.getByRole('option', { name: new RegExp(contextName) });
  }

  async lock(): Promise<void> {
    await this.#window.getByRole('button', { name: 'Lock', exact: true }).click();
  }

  async choose(contextName: string): Promise<void> {
    await this.switcher.click();
    await this.option(contextName).click();
  }

  /** Chooses one of the switcher's other entries. */
  async contextMenu(entry: string): Promise<void> {
    await this.switcher.click();
    await this.#window.getByRole('button', { name: entry }).click();
  }

  /** Opens the switcher by its key and goes down to a context, as far as it is from the first. */
  async chooseByKeyboard(steps: number): Promise<void> {
    await this.#window.keyboard.press('ControlOrMeta+J');
    await this.search.and(this.#window.locator(':focus')).waitFor();
    await this.option().first().waitFor();
    await this.#window.keyboard.press('Home');
    for (let step = 0; step < steps; step += 1) await this.#window.keyboard.press('ArrowDown');
    await this.#window.keyboard.press('Enter');
  }

  async chooseTheme(theme: 'System' | 'Light' | 'Dark'): Promise<void> {
    await this.#window.getByRole('button', { name: /theme|appearance/i }).click();
    await this.#window.getByRole('menuitemradio', { name: theme }).click();
  }
}
