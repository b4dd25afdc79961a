import { NativeSelect } from '@mantine/core';
import { useEffect, useState, type ReactNode } from 'react';
import type { ApprovalQuestion, Remember, Verdict } from '../../../contracts/domain/approval.ts';
import { asCallError, keyhold, valueOf, type CallError } from '../../lib/api.ts';
import { counted, secondsUntil } from '../../lib/format.ts';
import { useNow } from '../../lib/use-now.ts';
import { Button } from '../../ui/button.tsx';
import { FactList } from '../../ui/fact-list.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { rememberChoices } from './approval-words.ts';
import css from './approval-window.module.css';
import { factsOf, hintOf, titleOf } from './question-words.tsx';

/** How long a new question takes no click, so that one meant for something else does not answer it. */
const armAfterMs = 500;

interface ApprovalQuestionProps {
  question: ApprovalQuestion;
  /** How many other questions wait. */
  more: number;
  onAnswered: () => void;
}

/** One question: who asks, for what, and the answers. */
export function ApprovalQuestionForm({ question, more, onAnswered }: ApprovalQuestionProps): ReactNode {
  const [remember, setRemember] = useState<Remember>('once');
  const [busy, setBusy] = useState<Verdict | null>(null);
  const [error, setError] = useState<CallError | null>(null);
  const armed = useArmed();

  const answer = (verdict: Verdict): void => {
    if (!armed || busy !== null) return;
    setBusy(verdict);
    valueOf(keyhold().prompt.answer({ questionId: question.id, verdict, remember })).then(
      onAnswered,
      (failure: unknown) => {
        setBusy(null);
        setError(asCallError(failure));
      },
    );
  };
  return (
    <>
      {/* What does not fit scrolls, by the keyboard too. */}
      <div className={css['content']} role="region" aria-label="Question" tabIndex={0}>
        <h1 className={css['title']}>{titleOf(question)}</h1>
        {error !== null && <ErrorNotice error={error} />}
        <FactList facts={factsOf(question)} />
        <p className={css['hint']}>{hintOf(question)}</p>
      </div>
      <footer className={css['foot']}>
        {question.about === 'use' && question.purpose !== 'tray_copy' && (
          <NativeSelect
            className={css['remember'] ?? ''}
            label="Remember the answer"
            value={remember}
            disabled={question.caller === null}
            data={rememberChoices}
            onChange={({ currentTarget: { value } }) =>
              setRemember(rememberChoices.find((choice) => choice.value === value)?.value ?? 'once')
            }
          />
        )}
        <div className={css['state']}>
          <TimeLeft endsAt={question.endsAt} />
          {more > 0 && <span>{counted(more, 'more question')}</span>}
        </div>
        <div className={css['buttons']}>
          <Button autoFocus aria-disabled={!armed} busy={busy === 'deny'} onClick={() => answer('deny')}>
            Deny
          </Button>
          <Button
            kind="primary"
            aria-disabled={!armed}
            busy={busy === 'allow'}
            onClick={() => answer('allow')}
          >
            Allow
          </Button>
        </div>
      </footer>
    </>
  );
}

function TimeLeft({ endsAt }: { endsAt: string }): ReactNode {
  const seconds = secondsUntil(endsAt, useNow());
  return <span className="kh-tabular">Denied in {seconds} s</span>;
}

/** False for the first moment of a question. */
function useArmed(): boolean {
  const [armed, setArmed] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setArmed(true), armAfterMs);
    return () => clearTimeout(timer);
  }, []);
  return armed;
}
