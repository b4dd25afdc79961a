import { Menu } from '@mantine/core';
import { ChevronsUpDown, Plus } from 'lucide-react';
import type { ReactNode } from 'react';
import { useNavigate } from 'react-router';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { useContexts, useCurrentContext } from '../../lib/queries.ts';
import css from './context-switcher.module.css';
import { ContextTile } from './context-tile.tsx';
import { useSwitchContext } from './use-switch-context.ts';

function stateWords(context: ContextSummary): string {
  return context.state === 'pending' ? 'key not registered' : 'key registered';
}

/** Shows the current context and switches to another. */
export function ContextSwitcher({ collapsed }: { collapsed: boolean }): ReactNode {
  const { data: contexts = [] } = useContexts();
  const current = useCurrentContext() ?? null;
  const navigate = useNavigate();
  const choose = useSwitchContext();
  return (
    <Menu position="bottom-start" width={280}>
      <Menu.Target>
        <button type="button" className={css['target']} data-collapsed={collapsed || undefined}>
          {current ? (
            <ContextTile context={current} />
          ) : (
            <span className={css['none']} aria-hidden="true">
              <Plus />
            </span>
          )}
          <span className={css['names']}>
            <span className="kh-hidden">Context:</span>{' '}
            <span className={css['name']}>{current?.name ?? 'No context'}</span>{' '}
            <span className={css['host']}>{current?.host ?? 'Add one to start'}</span>{' '}
            {current !== null && <span className="kh-hidden">{stateWords(current)}</span>}
          </span>
          <ChevronsUpDown className={css['chevron']} />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {contexts.length > 0 && (
          <Menu.RadioGroup value={current?.id ?? ''} onChange={choose}>
            {contexts.map((context) => (
              <Menu.RadioItem key={context.id} value={context.id} closeMenuOnClick>
                <span className={css['choice']}>
                  <ContextTile context={context} />
                  <span className={css['names']}>
                    <span className={css['name']}>{context.name}</span>{' '}
                    <span className={css['host']}>{context.host}</span>{' '}
                    <span className="kh-hidden">{stateWords(context)}</span>
                  </span>
                </span>
              </Menu.RadioItem>
            ))}
          </Menu.RadioGroup>
        )}
        {contexts.length > 0 && <Menu.Divider />}
        <Menu.Item leftSection={<Plus size={16} />} onClick={() => void navigate('/contexts/new')}>
          Add context…
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
