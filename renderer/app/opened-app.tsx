import { lazy } from '../ui/lazy.tsx';
import { FrameSkeleton } from './frame-skeleton.tsx';

/** All that is behind the gate. */
export const OpenedApp = lazy(async () => {
  const { UnlockedApp, fetchFirstPage } = await import('./unlocked-app.tsx');
  await fetchFirstPage();
  return UnlockedApp;
}, FrameSkeleton);
