import { useEffect, useEffectEvent } from 'react';
import { useLocation } from 'react-router';

/** What leads to the page of permissions can say about it. */
export interface PermissionsPageState {
  organization: string;
  /** Its pending changes are reviewed, or the keyboard goes to the matrix, where some were added. */
  show: 'review' | 'matrix';
}

/** What is to be shown, where something led here for that. `key`: another one each time. */
export function usePageAsked(): { asked: PermissionsPageState | null; key: string } {
  const { state, key } = useLocation() as { state: PermissionsPageState | null; key: string };
  return { asked: state, key };
}

/** Shows what is asked for, once each time that something leads to the matrix of an organization for it. */
export function useMatrixAsked(
  organization: string,
  show: (what: PermissionsPageState['show']) => void,
): void {
  const { asked, key } = usePageAsked();
  const answer = useEffectEvent(() => {
    if (asked?.organization === organization) show(asked.show);
  });
  useEffect(() => answer(), [key]);
}
