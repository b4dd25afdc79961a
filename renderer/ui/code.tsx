import type { ReactNode } from 'react';
import { Breakable, type BreakableProps } from './breakable.tsx';

/** An id, address or name as programs write it. */
export function Code(props: BreakableProps): ReactNode {
  return (
    <code>
      <Breakable {...props} />
    </code>
  );
}
