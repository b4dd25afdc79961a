import { useCallback, useEffect, useState, type ReactNode } from 'react';
import { asCallError, keyhold, valueOf, type Answer, type CallError } from '../../lib/api.ts';
import { useReady } from '../../lib/use-ready.ts';
import { ErrorNotice } from '../../ui/notice.tsx';
import { ApprovalQuestionForm } from './approval-question.tsx';
import css from './approval-window.module.css';

type Seen = Answer<'prompt', 'current'>;

/** The window that asks whether a program may use a context, one question after the other. */
export function ApprovalWindow(): ReactNode {
  const [seen, setSeen] = useState<Seen | null>(null);
  const [error, setError] = useState<CallError | null>(null);
  const refresh = useCallback(() => {
    valueOf(keyhold().prompt.current()).then(
      (current) => {
        setSeen(current);
        setError(null);
      },
      (failure: unknown) => setError(asCallError(failure)),
    );
  }, []);
  useEffect(() => {
    refresh();
    return keyhold().on.questionsChanged(refresh);
  }, [refresh]);
  if (error !== null) {
    return (
      <main className={css['window']}>
        <ErrorNotice error={error} retry={refresh} />
      </main>
    );
  }
  // Main closes the window when nothing waits any more.
  if (seen?.question == null) return null;
  return <Asking key={seen.question.id} seen={{ ...seen, question: seen.question }} onAnswered={refresh} />;
}

interface AskingProps {
  seen: Seen & { question: NonNullable<Seen['question']> };
  onAnswered: () => void;
}

function Asking({ seen, onAnswered }: AskingProps): ReactNode {
  useReady('approval');
  return (
    <main className={css['window']}>
      <ApprovalQuestionForm question={seen.question} more={seen.more} onAnswered={onAnswered} />
    </main>
  );
}
