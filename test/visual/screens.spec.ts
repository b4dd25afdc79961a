import { join } from 'node:path';
import { test as base, expect, type Page, type ViewportSize } from '@playwright/test';
import { accessibilityProblems, settle } from '../support/accessibility.ts';
import { launchChromium } from '../support/chromium.ts';
import { openPreview, type Preview } from '../support/preview/preview.ts';
import { expectKeysStayInside } from './keys.ts';
import { screens } from './screens.ts';
import { serviceScreens } from './service-screens.ts';
import { signInScreens } from './sign-in-screens.ts';
import { stateScreens } from './state-screens.ts';

/** Where pictures of every screen go; left out, none is taken: they are for people, and take a quarter of the time. */
const pictures = process.env['KEYHOLD_PICTURES'];

const test = base.extend<object, { preview: Preview }>({
  preview: [
    async ({}, use) => {
      const browser = await launchChromium();
      const preview = await openPreview(browser);
      await use(preview);
      await preview.close();
      await browser.close();
    },
    { scope: 'worker' },
  ],
});

/** Sizes of the app's window; other windows have one of their own. */
const wide = { width: 1100, height: 720 };
const small = { width: 800, height: 560 };

async function takePictures(
  page: Page,
  sizes: Iterable<ViewportSize>,
  name: string,
  folder: string,
): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    for (const size of sizes) {
      await page.setViewportSize(size);
      await settle(page);
      await page.screenshot({ path: join(folder, `${name}-${colorScheme}-${String(size.width)}.png`) });
    }
  }
  await page.emulateMedia({ colorScheme: 'light' });
}

async function expectNothingSticksOut(page: Page): Promise<void> {
  const overflow = await page.evaluate(() => {
    // Under zoom, tables scroll.
    const inner = `[role=dialog], [role=alert]${window.innerWidth < 800 ? '' : ', div:has(> table)'}`;
    const boxes = [document.documentElement, ...document.querySelectorAll(inner)];
    return Math.max(...boxes.map((box) => box.scrollWidth - box.clientWidth));
  });
  expect(
    overflow,
    'pixels that stick out to the right, of the window, of what lies over it or of a table',
  ).toBe(0);
}

/** Words in small letters that begin in one line and end in the next, although they would fit into a line. */
function brokenWords(): string[] {
  const range = document.createRange();
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const broken: string[] = [];
  while (texts.nextNode() !== null) {
    const node = texts.currentNode;
    // For screen readers alone.
    if (node.parentElement?.closest('.kh-hidden')) continue;
    const text = node.nodeValue ?? '';
    for (const { 0: word, index } of text.matchAll(/(?<![\w-])[a-z]{2,16}(?![\w-])/g)) {
      range.setStart(node, index);
      range.setEnd(node, index + word.length);
      const tops = new Set([...range.getClientRects()].map(({ top }) => Math.round(top)));
      if (tops.size > 1) broken.push(`${word} of ${text}`);
    }
  }
  return broken;
}

/** What the topmost dialog says went wrong, where what lies around it hides it. */
function hiddenAlerts(): string[] {
  const dialog = [...document.querySelectorAll('[role=dialog]')].at(-1);
  const alerts = [...(dialog?.querySelectorAll('[role=alert]') ?? [])];
  const isHidden = (alert: Element): boolean => {
    const { left, right, top, bottom } = alert.getBoundingClientRect();
    const middle = (left + right) / 2;
    return [top + 4, bottom - 4].some((y) => !alert.contains(document.elementFromPoint(middle, y)));
  };
  return alerts.filter(isHidden).map(({ textContent }) => textContent);
}

for (const { name, scene, go, window: own } of [
  ...screens,
  ...serviceScreens,
  ...signInScreens,
  ...stateScreens,
]) {
  test(`${name}: accessible, fits the window, keeps to the policy, and the keys to its dialog`, async ({
    preview,
  }) => {
    const [largest, smallest] = own === undefined ? [wide, small] : [own, own];
    const { page, faults } = await preview.show(scene, largest, own?.path);
    await go?.(page);
    if (pictures !== undefined) await takePictures(page, new Set([smallest, largest]), name, pictures);

    await settle(page);
    await expectNothingSticksOut(page);
    expect(await page.evaluate(hiddenAlerts), 'failures that nobody sees').toEqual([]);
    expect(await accessibilityProblems(page), 'accessibility').toEqual([]);

    await page.emulateMedia({ colorScheme: 'dark' });
    await page.setViewportSize(smallest);
    await settle(page);
    await expectNothingSticksOut(page);
    expect(await page.evaluate(brokenWords), 'words that are broken').toEqual([]);
    // In the second theme only colours can differ.
    expect(await accessibilityProblems(page, 'contrast'), 'accessibility, dark').toEqual([]);
    expect(faults).toEqual([]);
    await expectKeysStayInside(page);
  });
}
