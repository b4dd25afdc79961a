const isMac = navigator.platform.startsWith('Mac');

/** How a shortcut is written on this computer: `Ctrl+L`, `⌘L`; `Ctrl+G S` for two keys after one another. */
export function shortcut(key: string): string {
  return isMac ? `⌘${key}` : `Ctrl+${key}`;
}

/** The same for `aria-keyshortcuts`, which knows no two keys after one another. */
export function ariaShortcut(key: string): string {
  return `${isMac ? 'Meta' : 'Control'}+${key}`;
}

/** Whether Ctrl (⌘ on macOS) is the only modifier that is held down. Shift may be held too. */
export function isModified({ ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  return !altKey && (isMac ? metaKey && !ctrlKey : ctrlKey && !metaKey);
}
