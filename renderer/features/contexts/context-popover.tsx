import { LogOut, Pencil, Plus } from 'lucide-react';
import type { ReactNode } from 'react';
import { useNavigate } from 'react-router';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { ErrorNotice } from '../../ui/notice.tsx';
import { SwitcherActions, SwitcherPopover, type SwitcherPopoverProps } from '../../ui/switcher-popover.tsx';
import { ContextList } from './context-list.tsx';
import { useContexts, useCurrentContext } from './queries.ts';
import { useSwitchContext } from './use-switch-context.ts';

/** What is done to contexts and their organizations from every page: the switchers and the palette open it. */
export type ContextDialog = 'edit' | 'sign_out_all' | 'new_org';

export interface ContextPopoverProps extends SwitcherPopoverProps {
  onDialog: (dialog: ContextDialog) => void;
}

/** The contexts to switch to, and what concerns contexts as such. */
export function ContextPopover({ onDialog, ...popover }: ContextPopoverProps): ReactNode {
  const current = useCurrentContext() ?? null;
  const choose = useSwitchContext();
  return (
    <SwitcherPopover {...popover}>
      {(close) => (
        <>
          {current !== null && (
            <Choice
              onChoose={(contextId) => {
                close();
                choose(contextId);
              }}
            />
          )}
          <Actions current={current} onDone={close} onDialog={onDialog} />
        </>
      )}
    </SwitcherPopover>
  );
}

/** The list, once it is there: it is read when the switcher opens. */
function Choice({ onChoose }: { onChoose: (contextId: string) => void }): ReactNode {
  const contexts = useContexts();
  if (contexts.isError) {
    return <ErrorNotice error={contexts.error} retry={() => void contexts.refetch()} />;
  }
  return <ContextList contexts={contexts.data ?? null} onChoose={onChoose} />;
}

interface ActionsProps {
  current: ContextSummary | null;
  onDone: () => void;
  onDialog: (dialog: ContextDialog) => void;
}

function Actions({ current, onDone, onDialog }: ActionsProps): ReactNode {
  const { data: contexts = [] } = useContexts();
  const navigate = useNavigate();
  const isSignedIn = contexts.some(({ state }) => state !== 'signed_out');
  return (
    <SwitcherActions
      close={onDone}
      actions={[
        { icon: <Plus />, words: 'Add context…', run: () => void navigate('/contexts/new') },
        ...(current === null
          ? []
          : [
              {
                icon: <Pencil />,
                words: 'Edit this context…',
                run: () => {
                  onDialog('edit');
                },
              },
            ]),
        ...(isSignedIn
          ? [
              {
                icon: <LogOut />,
                words: 'Sign out of all…',
                run: () => {
                  onDialog('sign_out_all');
                },
              },
            ]
          : []),
      ]}
    />
  );
}
