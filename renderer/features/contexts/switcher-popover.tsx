import { Popover } from '@mantine/core';
import { LogOut, Pencil, Plus } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import { useNavigate } from 'react-router';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { LayerAnchor, type LayerOpener } from '../../ui/layer-anchor.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { ContextList } from './context-list.tsx';
import css from './context-switcher.module.css';
import { useContexts, useCurrentContext } from './queries.ts';
import { useSwitchContext } from './use-switch-context.ts';

/** What is done to contexts and their organizations from every page: the switchers and the palette open it. */
export type ContextDialog = 'edit' | 'sign_out_all' | 'new_org';

export interface SwitcherPopoverProps {
  opener: LayerOpener;
  opened: boolean;
  onChange: (opened: boolean) => void;
  onDialog: (dialog: ContextDialog) => void;
}

/** The contexts to switch to, and what concerns contexts as such. */
export function SwitcherPopover({ opener, opened, onChange, onDialog }: SwitcherPopoverProps): ReactNode {
  const current = useCurrentContext() ?? null;
  const choose = useSwitchContext();
  return (
    <Popover
      id={opener.id}
      position="bottom-start"
      width={320}
      opened={opened}
      onChange={onChange}
      trapFocus
      returnFocus
      withinPortal={false}
      floatingStrategy="fixed"
      transitionProps={{ duration: 100 }}
    >
      <Popover.Target>
        <LayerAnchor opener={opener} />
      </Popover.Target>
      <Popover.Dropdown className={css['dropdown']}>
        {current !== null && (
          <Choice
            onChoose={(contextId) => {
              onChange(false);
              choose(contextId);
            }}
          />
        )}
        <SwitcherActions
          current={current}
          onDone={() => {
            onChange(false);
            // So that a dialog that opens now gives the focus back to it.
            opener.button.current?.focus();
          }}
          onDialog={onDialog}
        />
      </Popover.Dropdown>
    </Popover>
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

interface SwitcherActionsProps {
  current: ContextSummary | null;
  onDone: () => void;
  onDialog: (dialog: ContextDialog) => void;
}

function SwitcherActions({ current, onDone, onDialog }: SwitcherActionsProps): ReactNode {
  const { data: contexts = [] } = useContexts();
  const navigate = useNavigate();
  const action = (icon: ReactElement, words: string, run: () => void): ReactNode => (
    <button
      type="button"
      className={css['action']}
      onClick={() => {
        onDone();
        run();
      }}
    >
      {icon}
      {words}
    </button>
  );
  return (
    <div className={css['actions']}>
      {action(<Plus />, 'Add context…', () => void navigate('/contexts/new'))}
      {current !== null && action(<Pencil />, 'Edit this context…', () => onDialog('edit'))}
      {contexts.some(({ state }) => state !== 'signed_out') &&
        action(<LogOut />, 'Sign out of all…', () => onDialog('sign_out_all'))}
    </div>
  );
}
