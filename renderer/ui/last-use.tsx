import type { ReactNode } from 'react';
import type { ProgramUse } from '../../contracts/domain/key.ts';
import { RelativeTime } from './time.tsx';

/** Which program used something last, and when: "last used by skopeo 3 minutes ago". */
export function LastUse({ use }: { use: ProgramUse }): ReactNode {
  return (
    <span className="kh-dim">
      last used <UsedBy use={use} />
    </span>
  );
}

/** The same where the words around it say that it is the last use: "by skopeo 3 minutes ago". */
export function UsedBy({ use }: { use: ProgramUse }): ReactNode {
  return (
    <span className="kh-dim">
      by {use.program ?? 'an unknown program'} <RelativeTime at={use.at} />
    </span>
  );
}
