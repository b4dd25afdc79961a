import { useEffect, useEffectEvent, useRef } from 'react';
import { isModified } from '../lib/platform.ts';
import { hasDraft } from './drafts.ts';
import { toastNote } from './toast.ts';

/** What lies over the page and takes the keys: dialogs, sheets, menus, the list of contexts. */
const layers = '[role="dialog"], [role="alertdialog"], [role="menu"]';

interface Shortcut {
  /** What is pressed behind Ctrl or ⌘; `G S` is S after that with G. */
  key: string;
  /** Whether it leaves the page, and what was typed there. */
  leaves: boolean;
  /** For a key that also closes what it opened: whether that is open. */
  toggles?: boolean;
  /** Acts whatever is open or typed: the lock, because whoever presses it walks away. */
  always?: boolean;
  run: () => void;
}

/** For how long after the first of two keys the second is waited for, milliseconds. */
const secondKeyMs = 2000;

/**
 * Keys of the whole window, also while typing. While a dialog or menu lies over the page, only the lock's key and the
 * key that opened the layer act. A key that would throw away what was typed says so instead.
 */
export function useShortcuts(shortcuts: readonly Shortcut[]): void {
  const begun = useRef<{ key: string; at: number } | null>(null);
  const press = useEffectEvent((event: KeyboardEvent) => {
    // The second key may come with Ctrl still held, or Shift.
    if (modifiers.has(event.key)) return;
    const first =
      begun.current !== null && event.timeStamp - begun.current.at <= secondKeyMs ? begun.current.key : null;
    begun.current = null;
    const found = shortcuts.find(({ key }) =>
      first === null ? isPressed(event, key) : key === `${first} ${keyOf(event).toUpperCase()}`,
    );
    if (found !== undefined) {
      event.preventDefault();
      act(found);
    } else if (first === null) {
      const begins = shortcuts
        .map(({ key }) => key.split(' '))
        .find(([key = '', second]) => second !== undefined && isPressed(event, key));
      if (begins === undefined) return;
      event.preventDefault();
      if (!isCovered()) begun.current = { key: begins[0] ?? '', at: event.timeStamp };
    }
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent): void => press(event);
    document.documentElement.addEventListener('keydown', listener);
    return () => document.documentElement.removeEventListener('keydown', listener);
  }, []);
}

function act({ leaves, toggles = false, always = false, run }: Shortcut): void {
  if (!always && !toggles && isCovered()) return;
  if (always || !leaves || !hasDraft(document.getElementById('page'))) run();
  else {
    toastNote(
      'Not opened: what you typed here would be lost. A click on the page’s name leaves all the same.',
    );
  }
}

const modifiers = new Set(['Control', 'Meta', 'Alt', 'Shift', 'AltGraph']);

/**
 * The key by what is printed on it, as people read it. Where that is no key of ours, by its place: digits of French
 * keyboards, letters of Greek ones.
 */
function keyOf({ key, code }: KeyboardEvent): string {
  return /^[a-z0-9/]$/i.test(key) ? key.toLowerCase() : code.replace(/^(?:Key|Digit)/, '').toLowerCase();
}

function isPressed(event: KeyboardEvent, key: string): boolean {
  if (!isModified(event)) return false;
  // Shift only where it makes the sign, as for / on German keyboards.
  return event.shiftKey ? event.key === key && !/[a-z]/i.test(key) : keyOf(event) === key.toLowerCase();
}

/** Whether a layer has the keyboard. One that is closing has given it back to the page before it is gone. */
export function isCovered(): boolean {
  if (document.querySelector(layers) === null) return false;
  const focused = document.activeElement ?? document.body;
  return focused === document.body || focused.closest(layers) !== null;
}
