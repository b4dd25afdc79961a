import { Combobox, TextInput, useCombobox } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Search } from 'lucide-react';
import { useEffect, useId, useState, type ReactNode } from 'react';
import { useNavigate } from 'react-router';
import { limits } from '../../../contracts/domain/limits.ts';
import { ContextTile } from '../../features/contexts/context-tile.tsx';
import { useContexts, useCurrentContext } from '../../features/contexts/queries.ts';
import type { ContextDialog } from '../../features/contexts/context-popover.tsx';
import { useSwitchContext } from '../../features/contexts/use-switch-context.ts';
import { hasOrgs, orgsQuery } from '../../features/orgs/queries.ts';
import { useSwitchOrg } from '../../features/orgs/use-switch-org.ts';
import { useChangeSettings } from '../../features/settings/use-settings.ts';
import { copyFreshToken } from '../../features/tokens/copy-fresh-token.ts';
import { shortcut } from '../../lib/platform.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { useShownPages } from '../shown-pages.ts';
import css from './command-palette.module.css';
import { matching, paletteActions, type PaletteAction } from './palette-actions.ts';

interface CommandPaletteProps {
  opened: boolean;
  onClose: () => void;
  onLock: () => void;
  onContextDialog: (dialog: ContextDialog) => void;
  onToggleSidebar: () => void;
  onShowShortcuts: () => void;
}

/** Finds every page, context and action by a few letters. */
export function CommandPalette({ opened, onClose, ...handlers }: CommandPaletteProps): ReactNode {
  return (
    <Dialog bare opened={opened} onClose={onClose} title="Command palette" size={560}>
      <PaletteSearch onClose={onClose} {...handlers} />
    </Dialog>
  );
}

function usePaletteActions(props: Omit<CommandPaletteProps, 'opened' | 'onClose'>): PaletteAction[] {
  const current = useCurrentContext() ?? null;
  const { data: contexts = [] } = useContexts();
  const navigate = useNavigate();
  const change = useChangeSettings();
  const switchTo = useSwitchContext();
  const pages = useShownPages();
  const { data: orgs = [] } = useQuery({
    ...orgsQuery(current ?? { id: '', org: null }),
    enabled: hasOrgs(current),
  });
  const switchOrg = useSwitchOrg(current ?? { id: '' });
  return paletteActions(
    { current, contexts, pages, orgs },
    {
      open: (path) => void navigate(path),
      switchTo,
      switchOrg,
      copyToken: (contextId, ttl, form) => void copyFreshToken(contextId, ttl, form),
      setTheme: (theme) => change.mutate({ theme }),
      lock: props.onLock,
      contextDialog: props.onContextDialog,
      toggleSidebar: props.onToggleSidebar,
      showShortcuts: props.onShowShortcuts,
    },
  );
}

function PaletteSearch({ onClose, ...handlers }: Omit<CommandPaletteProps, 'opened'>): ReactNode {
  const [query, setQuery] = useState('');
  const actions = usePaletteActions(handlers);
  const found = matching(actions, query);
  const listId = useId();
  const combobox = useCombobox({ opened: true });
  const { selectFirstOption } = combobox;
  useEffect(() => {
    selectFirstOption();
    // Each keystroke begins at the top again.
  }, [query, selectFirstOption]);

  const run = (id: string): void => {
    onClose();
    found.find((action) => action.id === id)?.run();
  };
  return (
    <Combobox store={combobox} onOptionSubmit={run} withinPortal={false}>
      {/* The target learns the list's id only after its first paint, which screen readers would miss. */}
      <Combobox.EventsTarget withExpandedAttribute aria-expanded aria-controls={listId}>
        <TextInput
          data-autofocus
          classNames={{ input: css['input'] ?? '' }}
          variant="unstyled"
          aria-label="Search pages, contexts and actions"
          placeholder="Search pages, contexts and actions"
          leftSection={<Search size={18} />}
          value={query}
          maxLength={limits.filterMax}
          autoComplete="off"
          spellCheck={false}
          onKeyDown={(event) => {
            // The list takes Escape for itself and hides it from the dialog around it.
            if (event.key === 'Escape') onClose();
          }}
          onChange={(event) => setQuery(event.currentTarget.value)}
        />
      </Combobox.EventsTarget>
      {found.length === 0 && <p className={css['empty']}>Nothing of that name.</p>}
      <Combobox.Options id={listId} aria-label="Results" className={css['list']} hidden={found.length === 0}>
        {byGroup(found).map(([group, members]) => (
          <Combobox.Group key={group} label={group}>
            {members.map((action) => (
              <Combobox.Option key={action.id} value={action.id} className={css['option']}>
                <ActionLine action={action} />
              </Combobox.Option>
            ))}
          </Combobox.Group>
        ))}
      </Combobox.Options>
    </Combobox>
  );
}

function byGroup(actions: readonly PaletteAction[]): [string, PaletteAction[]][] {
  return [...Map.groupBy(actions, ({ group }) => group)];
}

function ActionLine({ action }: { action: PaletteAction }): ReactNode {
  const { icon: Icon, context, label, hint, key } = action;
  return (
    <>
      <span className={css['icon']}>
        {Icon !== undefined && <Icon />}
        {context !== undefined && <ContextTile context={context} />}
      </span>
      <span className={css['label']}>{label}</span>
      {hint !== undefined && <span className={css['hint']}>{hint}</span>}
      {key !== undefined && <kbd className={css['key']}>{shortcut(key)}</kbd>}
    </>
  );
}
