import { themeAttribute, themeKey } from './theme-choice.ts';

// The choice must be on the document before the first paint; without one the style sheet follows the system.
const choice = localStorage.getItem(themeKey);
if (choice === 'light' || choice === 'dark') document.documentElement.setAttribute(themeAttribute, choice);
