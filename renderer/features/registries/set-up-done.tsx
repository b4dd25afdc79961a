import { useMutation } from '@tanstack/react-query';
import { CircleCheck, CircleMinus, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { useNavigate } from 'react-router';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { PerClient, RegistryClient } from '../../../contracts/domain/registry-client.ts';
import type { SetUpOutcome } from '../../../contracts/ipc/signin.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { Breakable } from '../../ui/breakable.tsx';
import { Button } from '../../ui/button.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { Card } from '../../ui/page.tsx';
import { useAnsweringAccount, type Answering } from './answering-account.tsx';
import { clientNames, registryClients } from './client-words.ts';
import css from './set-up-done.module.css';
import { undoneWords } from './undone-words.ts';
import { UseAccountButton } from './use-account-button.tsx';

const icons = { good: CircleCheck, warning: TriangleAlert, neutral: CircleMinus } as const;

interface DoneItemProps {
  tone: keyof typeof icons;
  title: string;
  children: ReactNode;
  action?: ReactNode;
}

/** One thing that was done. */
export function DoneItem({ tone, title, children, action }: DoneItemProps): ReactNode {
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

interface SignedInListProps {
  context: ContextSummary;
  /** What was set up for it. */
  setUps: PerClient<SetUpOutcome>;
  /** That it is signed in: a `DoneItem`. */
  children: ReactNode;
}

/** What came of a sign-in, with a way back for each thing that was set up. */
export function SignedInList({ context, setUps, children }: SignedInListProps): ReactNode {
  return (
    <Card padded={false} announced>
      <ul className={css['done']}>
        {children}
        <AccountItem contextId={context.id} />
        {context.hasRegistry &&
          registryClients.map((client) => (
            <SetUpItem key={client} context={context} client={client} outcome={setUps[client]} />
          ))}
      </ul>
    </Card>
  );
}

/** Says so where another account, or none, answers for the host. */
function AccountItem({ contextId }: { contextId: string }): ReactNode {
  const account = useAnsweringAccount(contextId);
  if (account === null || account.registry.answers === 'this') return null;
  const { registry, chosen } = account;
  return (
    <DoneItem tone="warning" title={titleOf(chosen)} action={<UseAccountButton registry={registry} />}>
      {chosen?.unable === null
        ? `Podman and Docker sign in to ${registry.host} as ${chosen.name} until you choose another account.`
        : `Podman and Docker get no sign-in for ${registry.host} until you choose one that can.`}
    </DoneItem>
  );
}

function titleOf(chosen: Answering['chosen']): string {
  if (chosen === null) return 'No account is chosen for this registry';
  const { name, unable } = chosen;
  return unable === null ? `${name} answers for this registry` : `${name} is chosen, and ${unable}`;
}

/** A way to see what the set-up does, once it works. */
const firstCommands: Readonly<Record<RegistryClient, string>> = {
  podman: 'podman push and pull work now',
  docker: 'docker push and pull work now',
};

interface SetUpItemProps {
  context: ContextSummary;
  client: RegistryClient;
  outcome: SetUpOutcome;
}

function SetUpItem({ context, client, outcome }: SetUpItemProps): ReactNode {
  const navigate = useNavigate();
  const name = clientNames[client];
  const undo = useMutation({
    mutationFn: () => valueOf(keyhold().registries.undo({ contextId: context.id, client })),
  });
  const openRegistries = <Button onClick={() => void navigate('/registries')}>Open Registries</Button>;
  if (undo.isSuccess) {
    return (
      <DoneItem tone="neutral" title={`${name}’s set-up was undone`} action={openRegistries}>
        {undoneWords(undo.data.restored)}
      </DoneItem>
    );
  }
  switch (outcome) {
    case 'unchanged':
      return null;
    case 'not_asked':
      return (
        <DoneItem tone="neutral" title={`${name} was left as it is`} action={openRegistries}>
          Set it up for <Breakable inSentence>{context.host}</Breakable> whenever you like.
        </DoneItem>
      );
    case 'failed':
      return (
        <DoneItem tone="warning" title={`${name} could not be set up`} action={openRegistries}>
          Your sign-in is not affected. The Registries page says why and sets it up again.
        </DoneItem>
      );
    case 'done':
      return (
        <>
          <DoneItem
            tone="good"
            title={`${name} is set up`}
            action={
              <Button aria-label={`Undo ${name}’s set-up`} call={undo}>
                Undo
              </Button>
            }
          >
            It signs in to <Breakable inSentence>{context.host}</Breakable> through Keyhold:{' '}
            {firstCommands[client]}.
          </DoneItem>
          {undo.isError && (
            <li>
              <ErrorNotice error={undo.error} />
            </li>
          )}
        </>
      );
  }
}
