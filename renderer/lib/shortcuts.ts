/** Keys that work in the whole window, as `useShortcuts` and their dialog both read them. */
export const shortcuts = {
  palette: { key: 'K', words: 'Search pages, contexts and actions' },
  contexts: { key: 'J', words: 'Choose another context' },
  lock: { key: 'L', words: 'Lock the vault' },
  sidebar: { key: 'B', words: 'Collapse or expand the sidebar' },
  help: { key: '/', words: 'Show these shortcuts' },
} as const;
