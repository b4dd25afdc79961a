import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState, type ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { SignOutProgress } from '../../../contracts/ipc/sign-out.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { Breakable } from '../../ui/breakable.tsx';
import { Button } from '../../ui/button.tsx';
import { ConfirmForm } from '../../ui/confirm-dialog.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ProgressBar } from '../../ui/progress-bar.tsx';
import { VirtualList } from '../../ui/virtual-list.tsx';
import { ContextLabel, ContextTile } from '../contexts/context-tile.tsx';
import { contextsQuery, useContexts } from '../contexts/queries.ts';
import { LiveTokens } from '../tokens/live-tokens.tsx';
import { lossOf, lossOfAll } from './loss-words.ts';
import css from './sign-out-dialog.module.css';
import { SignOutReportView } from './sign-out-report.tsx';

interface SignOutDialogProps {
  /** The context to sign out of; null for all that are signed in. */
  context: ContextSummary | null;
  opened: boolean;
  onClose: () => void;
}

/**
 * Says what signing out deletes, shows how far it is, and then what was done for each context and what could
 * not be. The report stays until it is closed.
 */
export function SignOutDialog({ context, opened, onClose }: SignOutDialogProps): ReactNode {
  const [stage, setStage] = useState<'ask' | 'busy' | 'report'>('ask');
  const titles = {
    ask: context === null ? 'Sign out of all contexts?' : `Sign out of “${context.name}”?`,
    busy: 'Signing out',
    report: 'Signed out',
  };
  return (
    <Dialog
      opened={opened}
      // What was begun has to be seen through: its report must not be missed.
      held={stage === 'busy'}
      onClose={onClose}
      onClosed={() => setStage('ask')}
      title={titles[stage]}
      size={stage === 'report' ? 560 : 440}
    >
      <SignOutSteps context={context} onStage={setStage} onClose={onClose} />
    </Dialog>
  );
}

interface SignOutStepsProps {
  context: ContextSummary | null;
  onStage: (stage: 'ask' | 'busy' | 'report') => void;
  onClose: () => void;
}

function SignOutSteps({ context, onStage, onClose }: SignOutStepsProps): ReactNode {
  const contextId = context?.id ?? null;
  const client = useQueryClient();
  const signOut = useMutation({
    mutationFn: () => valueOf(keyhold().signOut.run({ contextId })),
    onMutate: () => onStage('busy'),
    onSuccess: () => {
      onStage('report');
    },
    onError: () => {
      onStage('ask');
    },
    onSettled: () => {
      void client.invalidateQueries(contextsQuery);
    },
  });
  if (signOut.data !== undefined) return <SignOutReportView report={signOut.data} onClose={onClose} />;
  if (signOut.isPending) return <Progress cancellable={context === null} />;
  return (
    <ConfirmForm
      action={context === null ? 'Sign out of all' : 'Sign out'}
      busy={false}
      error={signOut.error}
      onConfirm={signOut.mutate}
      onClose={onClose}
    >
      {context === null ? <AllLosses /> : <Losses context={context} />}
    </ConfirmForm>
  );
}

function Losses({ context }: { context: ContextSummary }): ReactNode {
  const { asked, deleted } = lossOf(context.credential);
  const isKey = context.credential === 'key';
  return (
    <>
      <ul>
        <li>{asked(context.serviceName)}</li>
        <li>{deleted}</li>
        {context.hasRegistry && (
          <li>
            The set-up of Podman and Docker for <Breakable inSentence>{context.host}</Breakable> is undone,
            where Keyhold made it.
          </li>
        )}
      </ul>
      {isKey && context.state === 'active' && <LiveTokens contextId={context.id} fate="ends" />}
      <p className="kh-dim">
        The context stays. To use it again, {isKey ? 'sign in with a new key' : 'sign in again'}.
      </p>
    </>
  );
}

/** Height of a context's line, CSS pixels. */
const lineHeight = 36;

function AllLosses(): ReactNode {
  const { data: contexts = [] } = useContexts();
  const chosen = contexts.filter(({ state }) => state !== 'signed_out');
  const { asked, deleted } = lossOfAll(chosen.map(({ credential }) => credential));
  const areKeys = chosen.every(({ credential }) => credential === 'key');
  return (
    <>
      <p>
        {chosen.length > 1
          ? `For each of these ${chosen.length.toLocaleString()} contexts:`
          : 'For this context:'}
      </p>
      <ul>
        <li>{asked('The service')}</li>
        <li>{deleted}</li>
        <li>The set-up of Podman and Docker is undone, where Keyhold made it.</li>
      </ul>
      <VirtualList
        label="Contexts to sign out of"
        items={chosen}
        keyOf={({ id }) => id}
        rowHeight={lineHeight}
        className={css['chosen']}
      >
        {(context) => (
          <div className={css['line']} data-listed>
            <ContextTile context={context} />
            <span className={css['name']}>{context.name}</span>
            <ContextLabel context={context} />
          </div>
        )}
      </VirtualList>
      <LiveTokens contextId={null} fate="ends" />
      <p className="kh-dim">
        The contexts stay. To use one again, {areKeys ? 'sign in with a new key' : 'sign in again'}.
      </p>
    </>
  );
}

/** How far it is. A context that was begun is finished; cancelling keeps the others as they are. */
function Progress({ cancellable }: { cancellable: boolean }): ReactNode {
  const [progress, setProgress] = useState<SignOutProgress>({ done: 0, total: 0, current: [] });
  const [cancelled, setCancelled] = useState(false);
  useEffect(() => keyhold().on.signOutProgress(setProgress), []);
  const { done, total, current } = progress;
  return (
    <div className={css['progress']}>
      <p role="status">
        {current.length === 0
          ? 'Beginning…'
          : `${cancelled ? 'Finishing' : 'Signing out of'} ${current.join(', ')}…`}
      </p>
      {cancellable && (
        <>
          <ProgressBar label="Contexts signed out" done={done} total={total} />
          <div className={css['foot']}>
            <span className="kh-dim kh-tabular">{total > 0 && `${String(done)} of ${String(total)}`}</span>
            <Button
              disabled={cancelled}
              onClick={() => {
                setCancelled(true);
                void keyhold().signOut.cancel();
              }}
            >
              Cancel the rest
            </Button>
          </div>
        </>
      )}
    </div>
  );
}
