import { createContext, use, type ReactNode } from 'react';
import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide-react';
import { asCallError, type CallError } from '../lib/api.ts';
import { errorText, errorTone } from '../lib/error-text.ts';
import { Breakable } from './breakable.tsx';
import { Button } from './button.tsx';
import { ServiceWords } from './service-words.tsx';

import css from './notice.module.css';

interface NoticeProps {
  tone: 'info' | 'good' | 'warning' | 'error';
  title: string;
  children?: ReactNode;
  /** Buttons that cure it. */
  actions?: ReactNode;
  /** Read out at once, as errors are. */
  urgent?: boolean;
}

const icons = { info: Info, good: CircleCheck, warning: TriangleAlert, error: CircleAlert } as const;

/** A message in the page: what is the case, what to do, and the button that does it. */
export function Notice({
  tone,
  title,
  children,
  actions,
  urgent = tone === 'error',
}: NoticeProps): ReactNode {
  const Icon = icons[tone];
  return (
    <div className={css['notice']} data-tone={tone} role={urgent ? 'alert' : 'status'}>
      <Icon className={css['icon']} />
      <div className={css['words']}>
        <p className={css['title']}>
          <Breakable>{title}</Breakable>
        </p>
        {children !== undefined && <div className={css['text']}>{children}</div>}
        {actions !== undefined && <div className={css['actions']}>{actions}</div>}
      </div>
    </div>
  );
}

/** What cures an error beside another try, where the window has something: a button. */
export const ErrorCures = createContext<(error: CallError) => ReactNode>(() => null);

interface ErrorNoticeProps {
  error: unknown;
  retry?: () => void;
  retryLabel?: string;
  /** What it means here, below what to do. */
  children?: ReactNode;
}

/** A failed call in words, with a button that tries again where that can help. */
export function ErrorNotice({
  error,
  retry,
  retryLabel = 'Try again',
  children,
}: ErrorNoticeProps): ReactNode {
  const failure = asCallError(error);
  const { code, details } = failure;
  const { title, advice } = errorText(code, details);
  const cure = use(ErrorCures)(failure);
  return (
    <Notice
      urgent
      tone={errorTone(code)}
      title={title}
      actions={
        (cure !== null || retry !== undefined) && (
          <>
            {cure}
            {retry && (
              <Button size="small" onClick={retry}>
                {retryLabel}
              </Button>
            )}
          </>
        )
      }
    >
      <Breakable>{advice}</Breakable>
      {details.said !== undefined && <ServiceWords said={details.said} />}
      {children}
    </Notice>
  );
}
