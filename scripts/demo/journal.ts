import { mkdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Page } from '@playwright/test';

const root = join(import.meta.dirname, '..', '..');

/** Tells the demo's steps on the terminal, each with its time, and keeps its pictures. */
export class Journal {
  readonly folder = join(root, 'out', 'demo');
  readonly #started = performance.now();
  #pictures = 0;

  constructor() {
    rmSync(this.folder, { recursive: true, force: true });
    mkdirSync(this.folder, { recursive: true });
  }

  /** Runs one step and prints how long it took. A failure ends the demo. */
  async step<Value>(title: string, work: () => Promise<Value>): Promise<Value> {
    const started = performance.now();
    try {
      const value = await work();
      console.log(`  ok    ${title.padEnd(76)} ${seconds(started)}`);
      return value;
    } catch (error) {
      console.log(`  FAIL  ${title.padEnd(76)} ${seconds(started)}`);
      throw error;
    }
  }

  /** Begins a part of several steps. */
  part(title: string): void {
    console.log(`\n${title}`);
  }

  /** Says what a step found. */
  note(text: string): void {
    console.log(`        ${text}`);
  }

  async picture(page: Page, name: string): Promise<void> {
    this.#pictures += 1;
    const file = `${String(this.#pictures).padStart(2, '0')}-${name}.png`;
    await page.screenshot({ path: join(this.folder, file), animations: 'disabled' });
  }

  /** The same page light and dark, whatever its theme; afterwards it is as it was. */
  async pictureInBoth(page: Page, name: string): Promise<void> {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await this.picture(page, `${name}-${colorScheme}`);
    }
    await page.emulateMedia({ colorScheme: null });
  }

  summary(): string {
    const folder = relative(root, this.folder);
    return `${String(this.#pictures)} pictures in ${folder}, ${seconds(this.#started).trim()} in all.`;
  }
}

function seconds(started: number): string {
  return `${((performance.now() - started) / 1000).toFixed(1)} s`.padStart(7);
}
