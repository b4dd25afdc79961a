import type { Locator, Page } from '@playwright/test';
import { expect } from './fixtures.ts';

/** More keys than any page has controls. */
const mostTabs = 80;

const isFocused = (place: Locator): Promise<boolean> =>
  place.evaluateAll((found) => found.some((element) => element === document.activeElement));

/** Goes on by Tab, or another key such as Shift+Tab, until one control of `place` has the focus. */
export async function reach({ keyboard }: Page, place: Locator, key = 'Tab'): Promise<void> {
  for (let tabs = 0; tabs < mostTabs && !(await isFocused(place)); tabs++) await keyboard.press(key);
  expect(await isFocused(place), String(place)).toBe(true);
}
