import { CircleAlert, CircleCheck, ExternalLink, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { useNavigate } from 'react-router';
import type { SignOutReport, SignOutResult } from '../../../contracts/ipc/sign-out.ts';
import { keyhold } from '../../lib/api.ts';
import { Breakable } from '../../ui/breakable.tsx';
import { Button } from '../../ui/button.tsx';
import { Notice } from '../../ui/notice.tsx';
import { VirtualList } from '../../ui/virtual-list.tsx';
import { useAction } from '../../ui/use-action.ts';
import { ContextLabel, ContextTile } from '../contexts/context-tile.tsx';
import css from './sign-out-dialog.module.css';
import { isLeft, needsRevoking, outcomeOf, stepsOf, type Step } from './sign-out-words.ts';

/** Height of most results, CSS pixels. */
const resultHeight = 108;

const icons = { good: CircleCheck, warning: TriangleAlert, error: CircleAlert } as const;

/** What was done for each context, what could not be, and what to do about that. */
export function SignOutReportView({
  report,
  onClose,
}: {
  report: SignOutReport;
  onClose: () => void;
}): ReactNode {
  const { tone, title, text } = outcomeOf(report);
  const navigate = useNavigate();
  return (
    <div className={css['report']}>
      <Notice tone={tone} title={title}>
        {text}
      </Notice>
      {report.results.length > 0 && (
        <VirtualList
          label="What was done"
          items={report.results}
          keyOf={({ context }) => context.id}
          rowHeight={resultHeight}
          className={css['results']}
        >
          {(result) => <Result result={result} />}
        </VirtualList>
      )}
      <div className="kh-end">
        {report.results.some(isLeft) && (
          <Button
            onClick={() => {
              onClose();
              void navigate('/settings');
            }}
          >
            Show in Settings
          </Button>
        )}
        <Button kind="primary" onClick={onClose} data-autofocus>
          Done
        </Button>
      </div>
    </div>
  );
}

function Result({ result }: { result: SignOutResult }): ReactNode {
  const { context } = result;
  const openDashboard = useAction(() => keyhold().contexts.openDashboard({ contextId: context.id }));
  return (
    <section className={css['result']} aria-label={context.name}>
      <div className={css['line']}>
        <ContextTile context={context} />
        <span className={css['name']}>{context.name}</span>
        <ContextLabel context={context} />
      </div>
      <ul className={css['steps']}>
        {stepsOf(result).map((step) => (
          <StepLine key={step.words} step={step} />
        ))}
      </ul>
      {needsRevoking(result) && context.hasDashboard && (
        <div>
          <Button
            size="small"
            icon={<ExternalLink />}
            aria-label={`Open dashboard of ${context.name}`}
            call={openDashboard}
          >
            Open dashboard
          </Button>
        </div>
      )}
    </section>
  );
}

function StepLine({ step }: { step: Step }): ReactNode {
  const Icon = icons[step.tone];
  return (
    <li className={css['step']} data-tone={step.tone}>
      <Icon aria-hidden="true" />
      <span>
        <Breakable>{step.words}</Breakable>
      </span>
    </li>
  );
}
