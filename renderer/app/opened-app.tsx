import { useEffect, useState, type ComponentType, type ReactNode } from 'react';
import { FrameSkeleton } from './frame-skeleton.tsx';
import type { UnlockedAppProps } from './unlocked-app.tsx';

let fetched: ComponentType<UnlockedAppProps> | null = null;

/** Fetches the code behind the gate, once. */
export async function fetchUnlockedApp(): Promise<ComponentType<UnlockedAppProps>> {
  fetched ??= (await import('./unlocked-app.tsx')).UnlockedApp;
  return fetched;
}

/**
 * All that is behind the gate, at once when its code was fetched before. Not by Suspense: where that has shown a
 * placeholder for a moment, React holds the content back for another 300 ms.
 */
export function OpenedApp(props: UnlockedAppProps): ReactNode {
  const [App, setApp] = useState(() => fetched);
  useEffect(() => {
    if (App !== null) return;
    fetchUnlockedApp().then(
      (app) => {
        setApp(() => app);
      },
      (error: unknown) => {
        // Thrown while rendering, for the boundary around.
        setApp(() => {
          throw error;
        });
      },
    );
  }, [App]);
  return App === null ? <FrameSkeleton /> : <App {...props} />;
}
