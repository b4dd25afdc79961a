import type { ReactNode } from 'react';
import css from './progress-bar.module.css';

interface ProgressBarProps {
  label: string;
  done: number;
  /** 0 while nobody can say how much there is. */
  total: number;
}

/** How far long work is. */
export function ProgressBar({ label, done, total }: ProgressBarProps): ReactNode {
  const known = total > 0;
  return (
    <div
      className={css['bar']}
      role="progressbar"
      aria-label={label}
      data-unknown={known ? undefined : true}
      {...(known && { 'aria-valuemin': 0, 'aria-valuemax': total, 'aria-valuenow': done })}
    >
      <div
        className={css['done']}
        style={known ? { width: `${String((done / total) * 100)}%` } : undefined}
      />
    </div>
  );
}
