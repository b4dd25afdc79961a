const isMac = navigator.platform.startsWith('Mac');

/** How a shortcut is written on this computer: `Ctrl+L`, `⌘L`; `Ctrl+G S` for two keys after one another. */
export function shortcut(key: string): string {
  return isMac ? `⌘${key}` : `Ctrl+${key}`;
}

/** The same for `aria-keyshortcuts`, which knows no two keys after one another. */
export function ariaShortcut(key: string): string {
  return `${isMac ? 'Meta' : 'Control'}+${key}`;
}

/** Whether what comes with a key is Ctrl alone, on macOS ⌘ alone; Shift aside. */
export function isModified({ ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  return !altKey && (isMac ? metaKey && !ctrlKey : ctrlKey && !metaKey);
}
