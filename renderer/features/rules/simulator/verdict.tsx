import type { ReactNode, Ref } from 'react';
import { operationWords } from '../../../../contracts/permissions/catalogue.ts';
import type { Decision } from '../../../../contracts/permissions/decision.ts';
import { isOfKey, permissionFor, type OperationId } from '../../../../contracts/permissions/operations.ts';
import { Button } from '../../../ui/button.tsx';
import { Code } from '../../../ui/code.tsx';
import { refusedWords } from '../model/words.ts';
import { placeOf, type Asked } from './answer.ts';
import { Sign } from './sign.tsx';
import css from './simulator.module.css';

interface VerdictProps {
  asked: Asked;
  operation: OperationId;
  keyId: string | null;
  /** Null where it is not known. */
  decision: Decision | null;
  /** Tries the rule that would be needed. */
  onTry: (rule: string) => void;
  ref: Ref<HTMLDivElement>;
}

/** Whether somebody may do something, by which rule, and which rule it would take. */
export function Verdict({ asked, operation, keyId, decision, onTry, ref }: VerdictProps): ReactNode {
  const deed = `${operationWords(operation)}${keyId === null ? '' : `: ${keyId}`}`;
  return (
    <div
      ref={ref}
      className={css['answer']}
      data-answer={decision?.because ?? 'unknown'}
      tabIndex={-1}
      role="group"
      aria-label="Answer"
    >
      <span className={css['answerSign']}>
        <Sign decision={decision} />
      </span>
      <div className={css['answerWords']}>
        <p className={css['answerTitle']}>{titleOf(decision, asked)}</p>
        <p className={css['deed']}>{deed}</p>
        {decision !== null && <Because decision={decision} asked={asked} />}
        {decision === null && <p>{unknownWords(asked, operation, keyId)}</p>}
        {decision?.because === 'not_granted' && (
          <p className={css['needed']}>
            It would take <Code>{permissionFor(operation, keyId)}</Code>
            <Button size="small" onClick={() => onTry(permissionFor(operation, keyId))}>
              See what it would change
            </Button>
          </p>
        )}
      </div>
    </div>
  );
}

function titleOf(decision: Decision | null, { subjects }: Asked): string {
  if (decision === null) return 'Not known';
  const partly = subjects.every(({ isAll }) => isAll) ? '' : ', as far as its rules were read';
  return `${decision.allowed ? 'Allowed' : 'Not allowed'}${partly}`;
}

function Because({ decision, asked }: { decision: Decision; asked: Asked }): ReactNode {
  switch (decision.because) {
    case 'granted':
    case 'denied':
      return (
        <p>
          {decision.because === 'granted' ? 'Granted by ' : 'Denied by '}
          <Code>{decision.by.text}</Code>
          {`, ${placeOf(decision.by.text, asked.subjects)}.`}
          {decision.because === 'denied' && ' As long as that line is there no rule can grant it.'}
        </p>
      );
    case 'not_granted':
      return <p>No rule grants it.</p>;
    case 'bad_rule':
      return (
        <p>
          <Code>{decision.bad.text === '' ? '(empty)' : decision.bad.text}</Code>
          {`, ${placeOf(decision.bad.text, asked.subjects)}, ${refusedWords}.`}
        </p>
      );
  }
}

function unknownWords({ subjects }: Asked, operation: OperationId, keyId: string | null): string {
  if (subjects.length === 0) return 'Choose who asks.';
  const unknown = subjects.find(({ rules }) => rules === null);
  if (unknown !== undefined) return `The rules of ${unknown.name} are not known.`;
  return isOfKey(operation) && keyId === null ? 'Name a key: its id decides.' : '';
}
