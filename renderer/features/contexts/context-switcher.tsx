import { Menu, Tooltip } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { ChevronsUpDown, LogOut, Pencil, Plus } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useNavigate } from 'react-router';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { shortcuts } from '../../app/shortcuts.ts';
import { ariaShortcut, shortcut } from '../../lib/platform.ts';
import { useContexts, useCurrentContext } from '../../lib/queries.ts';
import { ContextSheet } from './context-sheet.tsx';
import css from './context-switcher.module.css';
import { ContextLabel, ContextTile } from './context-tile.tsx';
import { SignOutDialog } from './sign-out-dialog.tsx';
import { useSwitchContext } from './use-switch-context.ts';

const openKey = shortcuts.contexts.key;

const stateWords: Readonly<Record<ContextSummary['state'], string>> = {
  pending: 'key not registered',
  active: 'key registered',
  signed_out: 'signed out',
};

/** Shows the current context, switches to another, and has what concerns contexts as such. */
export function ContextSwitcher({ collapsed }: { collapsed: boolean }): ReactNode {
  const { data: contexts = [] } = useContexts();
  const current = useCurrentContext() ?? null;
  const [opened, setOpened] = useState(false);
  const [dialog, setDialog] = useState<'edit' | 'sign_out_all' | null>(null);
  const navigate = useNavigate();
  const choose = useSwitchContext();
  useHotkeys(
    [
      [
        `mod+${openKey}`,
        () => {
          setOpened(true);
        },
      ],
    ],
    [],
  );
  const close = (): void => {
    setDialog(null);
  };
  return (
    <>
      <Menu position="bottom-start" width={300} opened={opened} onChange={setOpened}>
        <Menu.Target>
          <button
            type="button"
            className={css['target']}
            data-collapsed={collapsed || undefined}
            aria-keyshortcuts={ariaShortcut(openKey)}
          >
            <CurrentContext context={current} />
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          {contexts.length > 0 && (
            <Menu.RadioGroup value={current?.id ?? ''} onChange={choose}>
              {contexts.map((context) => (
                <Menu.RadioItem key={context.id} value={context.id} closeMenuOnClick>
                  <span className={css['choice']}>
                    <ContextTile context={context} />
                    <ContextNames context={context} />
                  </span>
                </Menu.RadioItem>
              ))}
            </Menu.RadioGroup>
          )}
          {contexts.length > 0 && <Menu.Divider />}
          <Menu.Item leftSection={<Plus size={16} />} onClick={() => void navigate('/contexts/new')}>
            Add context…
          </Menu.Item>
          {current !== null && (
            <Menu.Item
              leftSection={<Pencil size={16} />}
              onClick={() => {
                setDialog('edit');
              }}
            >
              Edit this context…
            </Menu.Item>
          )}
          {contexts.some(({ state }) => state !== 'signed_out') && (
            <Menu.Item
              leftSection={<LogOut size={16} />}
              onClick={() => {
                setDialog('sign_out_all');
              }}
            >
              Sign out of all…
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      {current !== null && <ContextSheet context={current} opened={dialog === 'edit'} onClose={close} />}
      <SignOutDialog context={null} opened={dialog === 'sign_out_all'} onClose={close} />
    </>
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

function ContextNames({ context }: { context: ContextSummary }): ReactNode {
  return (
    <span className={css['names']}>
      <ContextLines context={context} />
    </span>
  );
}

function ContextLines({ context }: { context: ContextSummary }): ReactNode {
  return (
    <>
      <span className={css['nameLine']}>
        <span className={css['name']}>{context.name}</span> <ContextLabel context={context} />
      </span>{' '}
      <span className={css['host']}>
        {context.state === 'signed_out' ? `Signed out · ${context.host}` : context.host}
      </span>{' '}
      <span className="kh-hidden">{stateWords[context.state]}</span>
    </>
  );
}
