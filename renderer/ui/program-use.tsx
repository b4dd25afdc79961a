import type { ReactNode } from 'react';
import type { ProgramUse } from '../../contracts/domain/key.ts';
import { RelativeTime } from './time.tsx';

/** Which program used something last, and when: "last used by skopeo 3 minutes ago". */
export function LastUse({ use }: { use: ProgramUse }): ReactNode {
  return (
    <span className="kh-dim">
      last used by {use.program ?? 'an unknown program'} <RelativeTime at={use.at} />
    </span>
  );
}
