import { lazy } from './lazy.tsx';

/** What is said of an element while the pointer rests on it. */
export const HoverLabel = lazy(async () => (await import('./hover-label-tooltip.tsx')).HoverLabelTooltip);
