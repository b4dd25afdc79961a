import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';

/**
 * Ends when nothing on a page moves any more, so that colours are final. What moves for ever is not waited for.
 *
 * @param page - Of the app's window or of a browser.
 */
export async function settle(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await document.fonts.ready;
    const ends = (animation: Animation): boolean =>
      animation.playState === 'running' && animation.effect?.getComputedTiming().iterations !== Infinity;
    // The end of one may start another.
    for (let left = document.getAnimations().filter(ends); left.length > 0;) {
      await Promise.allSettled(left.map(({ finished }) => finished));
      left = document.getAnimations().filter(ends);
    }
  });
}

/**
 * Accessibility rules that a page breaks, each with where and why.
 *
 * @param onlyRule - Looks at one of axe's rules only.
 */
export async function accessibilityProblems(page: Page, onlyRule?: string): Promise<string[]> {
  // It is half a megabyte of script: once is enough for a page.
  const isThere = await page.evaluate(() => 'axe' in window);
  // No frames to look into, so that one page is enough for it: Electron opens no second one for axe.
  const axe = new AxeBuilder({ page, ...(isThere && { axeSource: ';' }) })
    .setLegacyMode(true)
    .options({ resultTypes: ['violations'] });
  const { violations } = await (onlyRule === undefined ? axe : axe.withRules(onlyRule)).analyze();
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} at ${String(target)}: ${String(failureSummary)}`),
  );
}
