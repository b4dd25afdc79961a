import type { Browser } from '@playwright/test';
import type { RunningApp } from './launch.ts';
import { inMain } from '../support/in-main.ts';

/** What the system's clipboard holds, as the app's own process reads it. */
export async function clipboardText({ electron }: RunningApp): Promise<string> {
  return inMain(electron, async ({ clipboard }) => await clipboard.readText());
}

/** Another program copies something: a browser, by its keyboard. */
export async function copyElsewhere(browser: Browser, text: string): Promise<void> {
  const page = await browser.newPage();
  await page.setContent('<textarea aria-label="Text"></textarea>');
  await page.bringToFront();
  await page.getByLabel('Text').fill(text);
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.press('ControlOrMeta+C');
  await page.close();
}
