import { useEffect, useEffectEvent } from 'react';
import { useLocation } from 'react-router';

/** What leads to the page of permissions can say about it. */
export interface PermissionsPageState {
  /** The organization whose pending changes are to be reviewed. */
  review: string;
}

/** The organization whose changes are to be reviewed, where something led here for that. `key`: another one each time. */
export function useReviewAsked(): { review: string | null; key: string } {
  const { state, key } = useLocation() as { state: PermissionsPageState | null; key: string };
  return { review: state?.review ?? null, key };
}

/** Opens the review once, each time that something leads to it. */
export function useReviewOf(organization: string, open: () => void): void {
  const { review, key } = useReviewAsked();
  const show = useEffectEvent(() => {
    if (review === organization) open();
  });
  useEffect(() => show(), [key]);
}
