import { expect, type Page } from '@playwright/test';
import { accessibilityProblems } from '../support/accessibility.ts';

/**
 * The looks of a page's texts: what decides how well each can be read. That is its colour, whether it is large, and what
 * lies behind it, each surface down to one that nothing shines through, and each veil over them.
 */
function looksOfTexts(): string[] {
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
  for (const element of document.querySelectorAll('body *')) {
    const isText = [...element.childNodes].some(
      ({ nodeName, nodeValue }) => nodeName === '#text' && nodeValue?.trim(),
    );
    if (!isText && !(element instanceof HTMLInputElement)) continue;
    const { fontSize, fontWeight, color } = getComputedStyle(element);
    const isLarge = parseFloat(fontSize) >= (Number(fontWeight) >= 700 ? 18.66 : 24);
    const { surfaces, veils } = behind(element);
    looks.add(`${color} ${String(isLarge)} on ${surfaces} under ${veils}`);
  }
  return [...looks];
}

/** Looks that axe was content with. */
const readable = new Set<string>();

/**
 * Nothing of the page breaks axe's rules. Contrast takes axe more time than all others together, and is looked at only
 * where a text has a look that no page had before.
 *
 * @param only - `contrast` for the second of two schemes, where only colours can differ.
 */
export async function expectAccessible(page: Page, only: 'contrast' | 'all'): Promise<void> {
  const looks = await page.evaluate(looksOfTexts);
  const isNew = looks.some((look) => !readable.has(look));
  if (!isNew && only === 'contrast') return;
  const rules = isNew ? only : 'all but contrast';
  expect(await accessibilityProblems(page, rules), 'accessibility').toEqual([]);
  for (const look of looks) readable.add(look);
}
