import { useHotkeys } from '@mantine/hooks';
import { useEffect } from 'react';
import { toastNote } from './toast.ts';

/** What lies over the page and takes the keys: dialogs, sheets, menus, the list of contexts. */
const layers = '[role="dialog"], [role="alertdialog"], [role="menu"]';

/** Pages' own fields that are sent together: text in them is lost with the page. Filters and settings are not. */
const draftFields = '#page form :is(input, textarea)';

interface Shortcut {
  /** As `useHotkeys` takes it, behind Ctrl or ⌘. */
  key: string;
  /** Whether it leaves the page, and what was typed there. */
  leaves: boolean;
  /** For a key that also closes what it opened: whether that is open. */
  toggles?: boolean;
  /** The lock is never held up: who presses its key walks away. */
  always?: boolean;
  run: () => void;
}

/**
 * Keys of the whole window, also while typing. None but the lock's acts while something lies over the page or throws
 * away what was typed: the page behind belongs to nobody's thoughts then.
 */
export function useShortcuts(shortcuts: readonly Shortcut[]): void {
  useHotkeys(
    shortcuts.map(({ key, leaves, toggles = false, always = false, run }): [string, () => void] => [
      `mod+${key}`,
      () => {
        if (!always && !toggles && isCovered()) return;
        if (always || !leaves || !hasDraft()) run();
        else {
          toastNote(
            'Not opened: what you typed here would be lost. A click on the page’s name leaves all the same.',
          );
        }
      },
    ]),
    // None of these keys means anything in a text field.
    [],
  );
}

/** Whether a layer has the keyboard. One that is closing has given it back to the page before it is gone. */
function isCovered(): boolean {
  if (document.querySelector(layers) === null) return false;
  const focused = document.activeElement ?? document.body;
  return focused === document.body || focused.closest(layers) !== null;
}

/** Whether the page has text that was typed and not sent. */
function hasDraft(): boolean {
  return [...document.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>(draftFields)].some(
    (field) => initial.has(field) && field.value.trim() !== '' && field.value !== initial.get(field),
  );
}

/** What fields held when they were first entered, or sent last. */
const initial = new WeakMap<Element, string>();

function isField(target: EventTarget | null): target is HTMLInputElement | HTMLTextAreaElement {
  return target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
}

/** Remembers what fields hold before they are typed into. To be used once. */
export function useDrafts(): void {
  useEffect(() => {
    const begin = ({ target }: Event): void => {
      if (isField(target) && !initial.has(target)) initial.set(target, target.value);
    };
    const sent = ({ target }: Event): void => {
      if (!(target instanceof HTMLFormElement)) return;
      for (const field of target.elements) if (isField(field)) initial.set(field, field.value);
    };
    document.addEventListener('focusin', begin);
    document.addEventListener('submit', sent, true);
    return () => {
      document.removeEventListener('focusin', begin);
      document.removeEventListener('submit', sent, true);
    };
  }, []);
}
