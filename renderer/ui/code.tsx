import type { ReactNode } from 'react';
import { printable } from '../../contracts/domain/printable.ts';
import { Breakable, type BreakableProps } from './breakable.tsx';

/** An id, address, name or rule as programs write it. What cannot be seen in it is written out. */
export function Code({ children, ...props }: BreakableProps): ReactNode {
  return (
    <code>
      <Breakable {...props}>{printable(children, Infinity)}</Breakable>
    </code>
  );
}
