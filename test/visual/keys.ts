import { expect, type Page } from '@playwright/test';

const modals = '[role="dialog"][aria-modal="true"]';

/** Every key of the window but the lock's, which acts everywhere. */
const windowKeys = [...Array.from('123456789'), 'b', 'j', 'k', '/'];

/** Where the keyboard is: in the topmost dialog, or not. */
function isInside(page: Page): Promise<boolean> {
  return page.evaluate((selector) => {
    const top = [...document.querySelectorAll(selector)].at(-1);
    return top?.contains(document.activeElement) ?? false;
  }, modals);
}

/** Has the page note after each Tab where the focus is: asked each time from here, it takes three times as long. */
function noteFocus(page: Page): Promise<void> {
  return page.evaluate((selector) => {
    const notes: string[] = [];
    Object.assign(window, { focusNotes: notes });
    const note = ({ key }: KeyboardEvent): void => {
      if (key !== 'Tab') return;
      const top = [...document.querySelectorAll(selector)].at(-1);
      notes.push(top?.contains(document.activeElement) ? 'inside' : 'outside');
    };
    document.addEventListener('keyup', note, true);
  }, modals);
}

/** At least as many as Tab stops at in the topmost dialog before it comes round. */
function stops(page: Page): Promise<number> {
  return page.evaluate((selector) => {
    const top = [...document.querySelectorAll(selector)].at(-1);
    return top?.querySelectorAll('a, button, input, select, textarea, summary, [tabindex]').length ?? 0;
  }, modals);
}

function focusNotes(page: Page): Promise<string[]> {
  return page.evaluate(() => (window as unknown as { focusNotes: string[] }).focusNotes);
}

interface Shown {
  heading: string | null;
  /** What names each, the topmost last. */
  dialogs: (string | null)[];
  fields: string[];
}

/** What a key could throw away: the page, the dialogs over it, what is in their fields. */
function shown(page: Page): Promise<Shown> {
  return page.evaluate((selector) => {
    const dialogs = [...document.querySelectorAll(selector)];
    const fields = [
      ...document.querySelectorAll<HTMLInputElement>(`${selector} :is(input, textarea, select)`),
    ];
    return {
      heading: document.querySelector('h1')?.textContent ?? null,
      dialogs: dialogs.map((dialog) => {
        const heading = document.getElementById(dialog.getAttribute('aria-labelledby') ?? '');
        return heading?.textContent ?? dialog.getAttribute('aria-label');
      }),
      fields: fields.map(({ value }) => value),
    };
  }, modals);
}

/** The dialogs whose keys were all tried by this process: their other screens differ in what they say. */
const tried = new Set<string>();

async function tryEachKey(page: Page, before: Shown): Promise<void> {
  const own = await page.getByRole('dialog', { name: /^(Command palette|Keyboard shortcuts)$/ }).count();
  if (own === 0) {
    await page.keyboard.down('Control');
    for (const key of windowKeys) await page.keyboard.press(key);
    await page.keyboard.up('Control');
    expect(await shown(page), 'after every key of the window').toEqual(before);
  }
  await noteFocus(page);
  const steps = Math.min(await stops(page), 11) + 1;
  for (let step = 0; step < steps; step++) await page.keyboard.press('Tab');
  await page.keyboard.down('Shift');
  for (let step = 0; step < steps; step++) await page.keyboard.press('Tab');
  await page.keyboard.up('Shift');
  expect(await focusNotes(page), 'where the focus was after each Tab').toEqual(
    Array.from({ length: 2 * steps }, () => 'inside'),
  );
}

/**
 * In a screen with a dialog or sheet the keyboard is in it from the start, Tab does not lead out of it, no key of the
 * window acts, and closing it leaves the focus somewhere. The dialogs of those keys themselves are left out.
 */
export async function expectKeysStayInside(page: Page): Promise<void> {
  const before = await shown(page);
  if (before.dialogs.length === 0) return;
  expect(await isInside(page), 'focus in the dialog at first').toBe(true);
  const dialogs = before.dialogs.join(' over ');
  if (!tried.has(dialogs)) await tryEachKey(page, before);
  tried.add(dialogs);
  await page.keyboard.press('Escape');
  // Some stay: what they do is not done yet, or what they show would be lost.
  const focusIsSomewhere = (): Promise<boolean> =>
    page.evaluate(
      ([selector, count]) => {
        const open = document.querySelectorAll(selector).length;
        return open >= count || document.activeElement !== document.body;
      },
      [modals, before.dialogs.length] as const,
    );
  await expect.poll(focusIsSomewhere, 'the focus is somewhere once the dialog is closed').toBe(true);
}
