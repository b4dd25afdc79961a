import type { ReactNode } from 'react';
import css from './badge.module.css';

interface BadgeProps {
  tone: 'neutral' | 'good' | 'warning' | 'error';
  children: ReactNode;
}

/** A state in a word or two, with a dot in its colour. */
export function Badge({ tone, children }: BadgeProps): ReactNode {
  return (
    <span className={css['badge']} data-tone={tone}>
      {children}
    </span>
  );
}
