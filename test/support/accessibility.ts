import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from '@playwright/test';
import type Axe from 'axe-core';

/** axe as one script for a page. */
export const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const axeSource = readFileSync(axePath, 'utf8');

/**
 * Ends when nothing on a page moves any more, so that colours are final. What moves for ever is not waited for.
 *
 * @param page - Of the app's window or of a browser.
 */
export async function settle(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await document.fonts.ready;
    // What the last click began and main answers at once is drawn by then.
    await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
    const ends = (animation: Animation): boolean =>
      animation.playState === 'running' && animation.effect?.getComputedTiming().iterations !== Infinity;
    // The end of one may start another.
    for (let left = document.getAnimations().filter(ends); left.length > 0;) {
      await Promise.allSettled(left.map(({ finished }) => finished));
      left = document.getAnimations().filter(ends);
    }
  });
}

type Rules = 'all' | 'contrast' | 'all but contrast';

/**
 * Accessibility rules that a page breaks, each with where and why.
 *
 * Asks axe in the page itself: `@axe-core/playwright` takes three times as long, for frames that no page here has.
 *
 * The page behind a dialog of the app is left out: it is looked at where nothing lies over it.
 *
 * @param rules - Which of axe's rules: contrast takes it more time than all others together.
 */
export async function accessibilityProblems(page: Page, rules: Rules = 'all'): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axeSource);
  return page.evaluate(async (which) => {
    const { axe } = window as unknown as { axe: typeof Axe };
    const behind = document.querySelector('body > :not(#root) [aria-modal="true"]') === null ? [] : ['#root'];
    const { violations } = await axe.run(
      { exclude: behind },
      {
        resultTypes: ['violations'],
        ...(which === 'contrast' && { runOnly: { type: 'rule', values: ['color-contrast'] } }),
        rules: { 'color-contrast': { enabled: which !== 'all but contrast' } },
      },
    );
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id} at ${String(target)}: ${String(failureSummary)}`),
    );
  }, rules);
}

/** The same in light, and in dark what differs there: colours. */
export async function problemsInBothSchemes(page: Page): Promise<string[]> {
  const look = async (colorScheme: 'light' | 'dark', rules: Rules): Promise<string[]> => {
    await page.emulateMedia({ colorScheme });
    await settle(page);
    return accessibilityProblems(page, rules);
  };
  return [...(await look('light', 'all')), ...(await look('dark', 'contrast'))];
}
