import { keyhold } from './api.ts';

/** Asked before React is even evaluated: the answer is there when the first screen is drawn. */
export const firstStatus = keyhold().vault.status();
