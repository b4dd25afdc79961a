import { useMutation } from '@tanstack/react-query';
import { CircleCheck, CircleMinus, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { useNavigate } from 'react-router';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { WaitState } from '../../../contracts/ipc/signin.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { Card, Page } from '../../ui/page.tsx';
import { undoneWords } from '../registries/undone-words.ts';
import css from './registration-page.module.css';

const icons = { good: CircleCheck, warning: TriangleAlert, neutral: CircleMinus } as const;

interface DoneItemProps {
  tone: keyof typeof icons;
  title: string;
  children: ReactNode;
  action?: ReactNode;
}

function DoneItem({ tone, title, children, action }: DoneItemProps): ReactNode {
  const Icon = icons[tone];
  return (
    <li className={css['doneItem']} data-tone={tone}>
      <Icon />
      <div className={css['doneWords']}>
        <h2 className={css['doneTitle']}>{title}</h2>
        <p>{children}</p>
      </div>
      {action}
    </li>
  );
}

/** What came of the registration, with a way back for each thing that was set up. */
export function RegistrationDone({ context, wait }: { context: ContextSummary; wait: WaitState }): ReactNode {
  const navigate = useNavigate();
  return (
    <Page
      title="Key registered"
      lead={`${context.serviceName} · ${context.host}`}
      width="text"
      actions={
        <Button kind="primary" onClick={() => void navigate('/status')}>
          Show status
        </Button>
      }
    >
      <Card padded={false} announced>
        <ul className={css['done']}>
          <DoneItem tone="good" title="You are signed in with your key">
            {context.serviceName} knows the key as yours, {context.userId}.
          </DoneItem>
          {context.hasRegistry && wait.podman !== 'unchanged' && (
            <PodmanItem context={context} outcome={wait.podman} />
          )}
        </ul>
      </Card>
    </Page>
  );
}

function PodmanItem({
  context,
  outcome,
}: {
  context: ContextSummary;
  outcome: WaitState['podman'];
}): ReactNode {
  const navigate = useNavigate();
  const undo = useMutation({
    mutationFn: () => valueOf(keyhold().registries.undo({ contextId: context.id })),
  });
  const openRegistries = <Button onClick={() => void navigate('/registries')}>Open Registries</Button>;
  if (undo.isSuccess) {
    return (
      <DoneItem tone="neutral" title="Podman’s set-up was undone" action={openRegistries}>
        {undoneWords(undo.data.restored)}
      </DoneItem>
    );
  }
  if (outcome === 'not_asked') {
    return (
      <DoneItem tone="neutral" title="Podman was left as it is" action={openRegistries}>
        Set it up for {context.host} whenever you like.
      </DoneItem>
    );
  }
  if (outcome === 'failed') {
    return (
      <DoneItem tone="warning" title="Podman could not be set up" action={openRegistries}>
        Your sign-in is not affected. The Registries page says why and sets it up again.
      </DoneItem>
    );
  }
  return (
    <>
      <DoneItem
        tone="good"
        title="Podman is set up"
        action={
          <Button
            busy={undo.isPending}
            onClick={() => {
              undo.mutate();
            }}
          >
            Undo
          </Button>
        }
      >
        It signs in to {context.host} through Keyhold: podman push and pull work now.
      </DoneItem>
      {undo.isError && (
        <li>
          <ErrorNotice error={undo.error} />
        </li>
      )}
    </>
  );
}
