import type { ReactNode } from 'react';
import css from './frame-skeleton.module.css';

/** The frame of the app while its code is on the way; comes up only when that takes long enough to be seen. */
export function FrameSkeleton(): ReactNode {
  return (
    <div className={`kh-late ${css['frame'] ?? ''}`} role="status" aria-label="Opening Keyhold">
      <div className={css['side']} />
    </div>
  );
}
