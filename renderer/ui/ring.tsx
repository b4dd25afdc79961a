import type { ReactNode } from 'react';
import css from './ring.module.css';

const radius = 6.5;
const length = 2 * Math.PI * radius;

/** A ring that shrinks with the time that is left. `left` from 1 (all) to 0. */
export function Ring({ left, size = 16 }: { left: number; size?: number }): ReactNode {
  return (
    <svg className={css['ring']} width={size} height={size} viewBox="0 0 16 16" aria-hidden="true">
      <circle className={css['track']} cx={8} cy={8} r={radius} />
      <circle
        className={css['left']}
        cx={8}
        cy={8}
        r={radius}
        strokeDasharray={length}
        strokeDashoffset={length * (1 - Math.min(1, Math.max(0, left)))}
      />
    </svg>
  );
}
