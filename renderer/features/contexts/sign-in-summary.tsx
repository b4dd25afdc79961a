import { CircleCheck, CircleHelp, CircleX } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ContextStatus } from '../../../contracts/ipc/contexts.ts';
import { RelativeTime } from '../../ui/time.tsx';
import css from './status-page.module.css';

const icons = { yes: CircleCheck, no: CircleX, unknown: CircleHelp } as const;

function title(status: ContextStatus): string {
  switch (status.signedIn) {
    case 'yes':
      return `Signed in as ${status.identity ?? status.context.userId}`;
    case 'no':
      return 'Not signed in';
    case 'unknown':
      return 'Not known whether you are signed in';
  }
}

/** The status in one line. */
export function SignInSummary({ status }: { status: ContextStatus }): ReactNode {
  const Icon = icons[status.signedIn];
  return (
    <div className={css['summary']} data-signed-in={status.signedIn}>
      <span className={css['summaryIcon']}>
        <Icon />
      </span>
      <div className={css['summaryWords']}>
        <h2 className={css['summaryTitle']}>{title(status)}</h2>
        <p className="kh-dim">
          Checked <RelativeTime at={status.checkedAt} />
        </p>
      </div>
    </div>
  );
}
