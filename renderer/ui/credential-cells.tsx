import type { ReactNode } from 'react';
import { exactTime, shortDate } from '../lib/format.ts';
import { Badge } from './badge.tsx';
import { Breakable } from './breakable.tsx';
import css from './credential-cells.module.css';
import { RelativeTime } from './time.tsx';

/** What stands below a cell's words. */
export function SecondLine({ children }: { children: ReactNode }): ReactNode {
  return <span className={css['second']}>{children}</span>;
}

/** The characters that a secret begins with, by which people find it again. */
export function SecretPrefix({ children }: { children: string }): ReactNode {
  return <code className={css['prefix']}>{children}…</code>;
}

/** When, from where and by what a credential was used last; null for never. Times are RFC 3339. */
export interface CredentialUse {
  at: string;
  address: string | null;
  program: string | null;
}

export function UsedCell({ use }: { use: CredentialUse | null }): ReactNode {
  if (use === null) return <span className="kh-dim">Never</span>;
  const where = [use.address, use.program].filter((each) => each !== null).join(' · ');
  return (
    <>
      <RelativeTime at={use.at} />
      {where !== '' && (
        <SecondLine>
          <Breakable>{where}</Breakable>
        </SecondLine>
      )}
    </>
  );
}

/** The day on which something ends; null for never. */
export function EndCell({ at, soon }: { at: string | null; soon: boolean }): ReactNode {
  if (at === null) return <span className="kh-dim">Never</span>;
  const words = shortDate(at);
  return (
    <time dateTime={at} title={exactTime(at)}>
      {soon ? <Badge tone="warning">{words}</Badge> : words}
    </time>
  );
}
