import { ChevronsUpDown, Plus } from 'lucide-react';
import { useId, useRef, useState, type ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { ariaShortcut, shortcut } from '../../lib/platform.ts';
import { shortcuts } from '../../lib/shortcuts.ts';
import { HoverLabel } from '../../ui/hover-label.tsx';
import { openerProps } from '../../ui/layer-anchor.tsx';
import { lazy } from '../../ui/lazy.tsx';
import { useShortcuts } from '../../ui/use-shortcuts.ts';
import { ContextLines } from './context-lines.tsx';
import type { ContextDialog, ContextPopoverProps } from './context-popover.tsx';
import css from './context-switcher.module.css';
import { ContextTile } from './context-tile.tsx';
import { useCurrentContext } from './queries.ts';

const ContextPopover = lazy<ContextPopoverProps>(
  async () => (await import('./context-popover.tsx')).ContextPopover,
);

const openKey = shortcuts.contexts.key;

interface ContextSwitcherProps {
  collapsed: boolean;
  onDialog: (dialog: ContextDialog) => void;
}

/** Shows the current context, switches to another, and has what concerns contexts as such. */
export function ContextSwitcher({ collapsed, onDialog }: ContextSwitcherProps): ReactNode {
  const current = useCurrentContext() ?? null;
  const [opened, setOpened] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  useShortcuts([
    {
      key: openKey,
      leaves: false,
      toggles: opened,
      run: () => setOpened(!opened),
    },
  ]);
  return (
    <>
      <button
        type="button"
        className={css['target']}
        data-collapsed={collapsed || undefined}
        aria-keyshortcuts={ariaShortcut(openKey)}
        ref={button}
        {...openerProps(id, 'dialog', opened)}
        onClick={() => setOpened(!opened)}
      >
        <CurrentContext context={current} />
      </button>
      <ContextPopover opener={{ button, id }} opened={opened} onChange={setOpened} onDialog={onDialog} />
    </>
  );
}

function CurrentContext({ context }: { context: ContextSummary | null }): ReactNode {
  const chevron = useRef<SVGSVGElement>(null);
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
      <ChevronsUpDown ref={chevron} className={css['chevron']} />
      <HoverLabel target={chevron} label={`Switch context  ${shortcut(openKey)}`} />
    </>
  );
}
