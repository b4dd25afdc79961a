import { keyhold } from './api.ts';

/** Asked before React runs, so that the answer is there when the first screen is drawn. */
export const firstStatus = keyhold().vault.status();
