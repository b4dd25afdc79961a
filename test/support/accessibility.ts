import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from '@playwright/test';
import type Axe from 'axe-core';

/** axe as one script for a page. */
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

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

/** A dialog of the app, which lies over its page. */
const openDialog = 'body > :not(#root) [aria-modal="true"]';

/**
 * The looks of a page's texts: what decides how well each can be read. That is its colour, whether it is large, and what
 * lies behind it, each surface down to one that nothing shines through, and each veil over them.
 */
function looksOfTexts(modal: string): string[] {
  const known = new Map<Element, { surfaces: string; veils: string }>();
  const behind = (element: Element): { surfaces: string; veils: string } => {
    const before = known.get(element);
    if (before !== undefined) return before;
    const { backgroundColor, backgroundImage, opacity } = getComputedStyle(element);
    const parent = element.parentElement;
    const under = parent === null ? { surfaces: '', veils: '' } : behind(parent);
    const isPlain = backgroundImage === 'none';
    const isSolid = isPlain && /^(rgb\(|color\([^/]*\)$|okl[^/]*\)$)/.test(backgroundColor);
    const isClear = isPlain && backgroundColor === 'rgba(0, 0, 0, 0)';
    const own = isClear ? '' : `${backgroundColor} ${backgroundImage};`;
    const surfaces = isSolid ? own : own + under.surfaces;
    const result = { surfaces, veils: opacity === '1' ? under.veils : `${opacity};${under.veils}` };
    known.set(element, result);
    return result;
  };
  const looks = new Set<string>();
  const isAside = document.querySelector(modal) !== null;
  for (const element of document.querySelectorAll('body *')) {
    if (!element.checkVisibility({ visibilityProperty: true })) continue;
    if (isAside && element.closest('#root') !== null) continue;
    const isText = [...element.childNodes].some(
      ({ nodeName, nodeValue }) => nodeName === '#text' && nodeValue?.trim(),
    );
    if (!isText && !(element instanceof HTMLInputElement)) continue;
    const { fontSize, fontWeight, color } = getComputedStyle(element);
    const isLarge = parseFloat(fontSize) >= (Number(fontWeight) >= 700 ? 18.66 : 24);
    const { surfaces, veils } = behind(element);
    // Of what is disabled nothing is asked.
    const isOff = element.closest(':disabled, [aria-disabled="true"], [inert]') !== null;
    looks.add(`${color} ${String(isLarge)} ${String(isOff)} on ${surfaces} under ${veils}`);
  }
  return [...looks];
}

/** Looks that axe was content with, in any page of this process. */
const readable = new Set<string>();

/**
 * Accessibility rules that a page breaks, each with where and why.
 *
 * Asks axe in the page itself: `@axe-core/playwright` takes three times as long, for frames that no page here has. Contrast
 * takes axe more time than all other rules together, and is looked at only where a text has a look that no page had before.
 *
 * The page behind a dialog of the app is left out: it is looked at where nothing lies over it.
 *
 * @param only - `contrast` where all else was looked at in the other colour scheme.
 */
export async function accessibilityProblems(page: Page, only?: 'contrast'): Promise<string[]> {
  const looks = await page.evaluate(looksOfTexts, openDialog);
  const isNew = looks.some((look) => !readable.has(look));
  if (!isNew && only === 'contrast') return [];
  const problems = await askAxe(page, isNew ? (only ?? 'all') : 'all but contrast');
  if (problems.length === 0) for (const look of looks) readable.add(look);
  return problems;
}

async function askAxe(page: Page, rules: 'all' | 'contrast' | 'all but contrast'): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axeSource);
  return page.evaluate(
    async ([which, modal]) => {
      const { axe } = window as unknown as { axe: typeof Axe };
      const behind = document.querySelector(modal) === null ? [] : ['#root'];
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
    },
    [rules, openDialog] as const,
  );
}

/** The same in light, and in dark what differs there: colours. */
export async function problemsInBothSchemes(page: Page): Promise<string[]> {
  const look = async (colorScheme: 'light' | 'dark', only?: 'contrast'): Promise<string[]> => {
    await page.emulateMedia({ colorScheme });
    await settle(page);
    return accessibilityProblems(page, only);
  };
  return [...(await look('light')), ...(await look('dark', 'contrast'))];
}
