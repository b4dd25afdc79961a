const isMac = navigator.platform.startsWith('Mac');

/** How a shortcut is written on this computer: `Ctrl+L`, `⌘L`. */
export function shortcut(key: string): string {
  return isMac ? `⌘${key}` : `Ctrl+${key}`;
}

/** The same for `aria-keyshortcuts`. */
export function ariaShortcut(key: string): string {
  return `${isMac ? 'Meta' : 'Control'}+${key}`;
}
