import type { ReactNode } from 'react';
import css from './narrow-row.module.css';

/** What a table is narrowed to, in a line above it. */
export function NarrowRow({ children }: { children: ReactNode }): ReactNode {
  return <div className={`kh-row ${css['row'] ?? ''}`}>{children}</div>;
}
