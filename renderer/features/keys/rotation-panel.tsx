import { CircleCheck } from 'lucide-react';
import type { ReactNode } from 'react';
import { useNavigate } from 'react-router';
import type { Rotation } from '../../../contracts/domain/rotation.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorNotice, Notice } from '../../ui/notice.tsx';
import { Card } from '../../ui/page.tsx';
import css from './rotation-panel.module.css';
import { problemWords, rotationSteps } from './rotation-words.ts';
import { useRotationActions, type RotationActions } from './use-rotation-actions.ts';

/** How far a rotation is, and what can be done about it. */
export function RotationPanel({ rotation }: { rotation: Rotation }): ReactNode {
  const actions = useRotationActions(rotation.contextId);
  if (rotation.step === 'done') {
    return (
      <Notice
        tone="good"
        title="Key rotated"
        actions={
          <Button size="small" onClick={actions.stop}>
            Close
          </Button>
        }
      >
        The new key signs; the old one is revoked and its private part deleted.
      </Notice>
    );
  }
  return (
    <Card announced>
      <div className="kh-stack">
        <h2 className={css['title']}>Rotating the key</h2>
        <ol className="kh-stack" data-gap="2">
          {rotationSteps.map(({ step, words }, index) => (
            <Step key={step} words={words} state={stateOf(rotation, index)} />
          ))}
        </ol>
        <Standing rotation={rotation} />
        {actions.error !== null && <ErrorNotice error={actions.error} />}
        <div className="kh-row">
          {rotation.running ? (
            <Button onClick={actions.stop}>Stop</Button>
          ) : (
            <StandingActions rotation={rotation} actions={actions} />
          )}
        </div>
      </div>
    </Card>
  );
}

type StepState = 'done' | 'running' | 'waiting' | 'problem' | 'open';

function stateOf({ step, running, problem }: Rotation, index: number): StepState {
  const current = rotationSteps.findIndex((entry) => entry.step === step);
  if (index < current) return 'done';
  if (index > current) return 'open';
  if (running) return 'running';
  return problem === null ? 'waiting' : 'problem';
}

const spoken: Readonly<Record<StepState, string>> = {
  done: 'done',
  running: 'under way',
  waiting: 'waits for you',
  problem: 'not done',
  open: 'to come',
};

function Step({ words, state }: { words: string; state: StepState }): ReactNode {
  return (
    <li className={css['step']} data-state={state} aria-current={state === 'running' ? 'step' : undefined}>
      <span className={css['mark']} aria-hidden="true">
        {state === 'done' && <CircleCheck />}
      </span>
      {words}
      <span className="kh-hidden">, {spoken[state]}</span>
    </li>
  );
}

function Standing({ rotation }: { rotation: Rotation }): ReactNode {
  if (rotation.running) return null;
  if (rotation.problem === null) {
    return (
      <p className="kh-dim">
        Register the new key as you did the first: copy its token and paste it on the dashboard. Until then
        the key you have goes on signing.
      </p>
    );
  }
  const { title, text } = problemWords(rotation);
  return (
    <Notice tone="warning" title={title}>
      {text}
    </Notice>
  );
}

function StandingActions({ rotation, actions }: { rotation: Rotation; actions: RotationActions }): ReactNode {
  const navigate = useNavigate();
  const { mode, step, problem, canUndo } = rotation;
  const pasting = mode === 'paste' && step === 'register';
  const canPaste = mode === 'service' && step === 'register' && problem !== 'stopped';
  // Without the old key's authority there is no other way.
  const mustPaste = canPaste && problem === 'old_key_refused';
  return (
    <>
      {pasting ? (
        <Button kind="primary" onClick={() => void navigate('/status/register')}>
          Register new key
        </Button>
      ) : (
        <Button kind={mustPaste ? 'default' : 'primary'} busy={actions.busy} onClick={actions.goOn}>
          Continue
        </Button>
      )}
      {canPaste && (
        <Button kind={mustPaste ? 'primary' : 'default'} onClick={actions.paste}>
          Register by pasting
        </Button>
      )}
      {step === 'retire' && problem !== 'stopped' && (
        <Button onClick={actions.end}>Delete old key here anyway</Button>
      )}
      {canUndo && (
        <Button kind="quiet" onClick={actions.undo}>
          Undo rotation
        </Button>
      )}
    </>
  );
}
