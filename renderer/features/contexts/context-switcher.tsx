import { Popover, Tooltip } from '@mantine/core';
import { ChevronsUpDown, LogOut, Pencil, Plus } from 'lucide-react';
import { useState, type ReactElement, type ReactNode } from 'react';
import { useNavigate } from 'react-router';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { ariaShortcut, shortcut } from '../../lib/platform.ts';
import { shortcuts } from '../../lib/shortcuts.ts';
import { ErrorNotice } from '../../ui/notice.tsx';
import { useShortcuts } from '../../ui/use-shortcuts.ts';
import { ContextLines } from './context-lines.tsx';
import { ContextList } from './context-list.tsx';
import css from './context-switcher.module.css';
import { ContextTile } from './context-tile.tsx';
import { useContexts, useCurrentContext } from './queries.ts';
import { useSwitchContext } from './use-switch-context.ts';

const openKey = shortcuts.contexts.key;

/** What is done to contexts from every page: the switcher and the palette open it. */
export type ContextDialog = 'edit' | 'sign_out_all';

interface ContextSwitcherProps {
  collapsed: boolean;
  onDialog: (dialog: ContextDialog) => void;
}

/** Shows the current context, switches to another, and has what concerns contexts as such. */
export function ContextSwitcher({ collapsed, onDialog }: ContextSwitcherProps): ReactNode {
  const current = useCurrentContext() ?? null;
  const [opened, setOpened] = useState(false);
  const choose = useSwitchContext();
  useShortcuts([
    {
      key: openKey,
      leaves: false,
      toggles: opened,
      run: () => {
        setOpened(!opened);
      },
    },
  ]);
  return (
    <Popover
      position="bottom-start"
      width={320}
      opened={opened}
      onChange={setOpened}
      trapFocus
      returnFocus
      withinPortal={false}
      floatingStrategy="fixed"
      transitionProps={{ duration: 100 }}
    >
      <Popover.Target>
        <button
          type="button"
          className={css['target']}
          data-collapsed={collapsed || undefined}
          aria-keyshortcuts={ariaShortcut(openKey)}
          onClick={() => {
            setOpened(!opened);
          }}
        >
          <CurrentContext context={current} />
        </button>
      </Popover.Target>
      <Popover.Dropdown className={css['dropdown']}>
        {current !== null && (
          <Choice
            onChoose={(contextId) => {
              setOpened(false);
              choose(contextId);
            }}
          />
        )}
        <SwitcherActions
          current={current}
          onDone={() => {
            setOpened(false);
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
      {current !== null &&
        action(<Pencil />, 'Edit this context…', () => {
          onDialog('edit');
        })}
      {contexts.some(({ state }) => state !== 'signed_out') &&
        action(<LogOut />, 'Sign out of all…', () => {
          onDialog('sign_out_all');
        })}
    </div>
  );
}

function CurrentContext({ context }: { context: ContextSummary | null }): ReactNode {
  return (
    <>
      {context ? (
        <ContextTile context={context} />
      ) : (
        <span className={css['none']} aria-hidden="true">
          <Plus />
        </span>
      )}
      <span className={css['names']}>
        <span className="kh-hidden">Context:</span>{' '}
        {context ? (
          <ContextLines context={context} />
        ) : (
          <>
            <span className={css['name']}>No context</span>{' '}
            <span className={css['host']}>Add one to start</span>
          </>
        )}
      </span>
      <Tooltip label={`Switch context  ${shortcut(openKey)}`} position="right">
        <ChevronsUpDown className={css['chevron']} />
      </Tooltip>
    </>
  );
}
