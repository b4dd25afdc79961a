import type { Locator, Page } from '@playwright/test';

/** "Rules": roles that are written, tried out and compared. */
export class RulesPage {
  readonly #window: Page;

  constructor(window: Page) {
    this.#window = window;
  }

  /** The rules of the open role. */
  get field(): Locator {
    return this.#window.getByRole('textbox', { name: 'Rules, one a line' });
  }

  get findings(): Locator {
    return this.#window.getByRole('list', { name: 'Findings' });
  }

  get denies(): Locator {
    return this.#window.getByRole('list', { name: 'Denies', exact: true });
  }

  get tests(): Locator {
    return this.#window.getByRole('list', { name: 'Tests', exact: true });
  }

  /** Whether somebody may do something, and why. */
  get answer(): Locator {
    return this.#window.getByRole('group', { name: 'Answer' });
  }

  /** What is underlined as an error, by where it lies over the letters; null where nothing is. */
  underlined(): Promise<string | null> {
    return this.field.evaluate((field: HTMLTextAreaElement) => {
      const drawn = document.querySelector('[data-tone="error"][style*="width"]')?.getBoundingClientRect();
      if (drawn === undefined) return null;
      const { fontFamily, fontSize, paddingLeft, paddingTop, lineHeight } = getComputedStyle(field);
      const box = field.getBoundingClientRect();
      const pen = document.createElement('canvas').getContext('2d');
      if (pen === null) return null;
      pen.font = `${fontSize} ${fontFamily}`;
      const letter = pen.measureText('0').width;
      const line = Math.floor((drawn.bottom - box.top - parseFloat(paddingTop)) / parseFloat(lineHeight));
      const from = Math.round((drawn.left - box.left - parseFloat(paddingLeft)) / letter);
      const written = field.value.split('\n')[line] ?? '';
      return written.slice(from, from + Math.round(drawn.width / letter));
    });
  }

  /** What a line more would give or take. */
  effects(name: 'Gained' | 'Lost'): Locator {
    return this.#window.getByRole('region', { name, exact: true });
  }

  async make(name: string): Promise<void> {
    await this.#window.getByRole('button', { name: 'New role' }).click();
    await this.#window.getByLabel('Name', { exact: true }).fill(name);
    await this.#window.getByRole('button', { name: 'Make role' }).click();
    await this.#window.getByRole('heading', { level: 2, name, exact: true }).waitFor();
  }

  /** Types at the end of the rules, as a person does: without what completion offers. */
  async type(text: string): Promise<void> {
    await this.field.press('ControlOrMeta+End');
    await this.field.pressSequentially(text);
    await this.field.press('Escape');
  }

  async save(): Promise<void> {
    await this.#window.getByRole('button', { name: 'Save', exact: true }).click();
  }

  /** Chooses one of the deeds of a role's menu. */
  async choose(role: string, deed: string): Promise<void> {
    await this.#window.getByRole('button', { name: `Actions for ${role}` }).click();
    await this.#window.getByRole('menuitem', { name: deed }).click();
  }

  /** Presses the button that settles what was found in a line. */
  async fix(label: string, line: number): Promise<void> {
    await this.#window.getByRole('button', { name: `${label}: line ${String(line)}`, exact: true }).click();
  }

  async addTest(operation: string, keyId: string, must: 'Denied' | 'Allowed'): Promise<void> {
    const form = this.#window.getByRole('form', { name: 'New test' });
    await form.getByLabel('Operation').selectOption(operation);
    await form.getByRole('combobox', { name: 'Key' }).fill(keyId);
    await form.getByLabel('Must stay').selectOption({ label: must });
    await form.getByRole('button', { name: 'Add test' }).click();
  }

  async show(tab: 'Roles' | 'Simulator' | 'Compare'): Promise<void> {
    await this.#window.getByRole('tab', { name: tab, exact: true }).click();
  }

  /** Takes somebody to those who ask, or from them. */
  async toggle(subject: string): Promise<void> {
    await this.#window.getByRole('checkbox', { name: subject, exact: true }).click();
  }

  /** `keyId`: null for an operation of no key. */
  async ask(operation: string, keyId: string | null): Promise<void> {
    await this.#window.getByLabel('Operation', { exact: true }).selectOption(operation);
    if (keyId !== null) await this.#window.getByRole('combobox', { name: 'Key', exact: true }).fill(keyId);
  }

  async tryLine(line: string): Promise<void> {
    await this.#window.getByRole('textbox', { name: 'One more line' }).fill(line);
  }
}
