import { join } from 'node:path';
import { test as base, expect, type Browser } from '@playwright/test';
import { accessibilityProblems, settle } from '../support/accessibility.ts';
import { launchChromium } from '../support/chromium.ts';
import { buildPreview, type Preview } from '../support/preview/preview.ts';
import { screens } from './screens.ts';

/** Where a person finds a picture of every screen after the tests. */
const pictures = join(import.meta.dirname, '..', '..', 'out', 'pictures');

interface WorkerFixtures {
  chromium: Browser;
  preview: Preview;
}

const test = base.extend<object, WorkerFixtures>({
  chromium: [
    async ({}, use) => {
      const browser = await launchChromium();
      await use(browser);
      await browser.close();
    },
    { scope: 'worker' },
  ],
  preview: [
    async ({}, use) => {
      const preview = await buildPreview();
      await use(preview);
      await preview.remove();
    },
    { scope: 'worker', timeout: 60_000 },
  ],
});

const themes = ['light', 'dark'] as const;
const sizes = [
  { width: 1100, height: 720 },
  { width: 800, height: 560 },
] as const;

for (const { name, scene, go, window: own } of screens) {
  test(`${name}: accessible, fits the window, keeps to the policy`, async ({ chromium, preview }) => {
    const { page, faults, close } = await preview.open(chromium, scene, own?.path);
    await go?.(page);
    for (const colorScheme of themes) {
      await page.emulateMedia({ colorScheme });
      for (const size of own === undefined ? sizes : [own]) {
        await page.setViewportSize({ width: size.width, height: size.height });
        await settle(page);
        await page.screenshot({ path: join(pictures, `${name}-${colorScheme}-${String(size.width)}.png`) });
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        expect(overflow, 'pixels that stick out to the right').toBeLessThanOrEqual(0);
      }
      expect(
        // In the second theme only colours can differ.
        await accessibilityProblems(page, colorScheme === 'dark' ? 'color-contrast' : undefined),
        `accessibility, ${colorScheme}`,
      ).toEqual([]);
    }
    expect(faults).toEqual([]);
    await close();
  });
}
