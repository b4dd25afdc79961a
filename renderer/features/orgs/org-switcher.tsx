import { useQuery } from '@tanstack/react-query';
import { Building2 } from 'lucide-react';
import { useId, useRef, useState, type ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { HoverLabel } from '../../ui/hover-label.tsx';
import { openerProps } from '../../ui/layer-anchor.tsx';
import { lazy } from '../../ui/lazy.tsx';
import { useCurrentContext } from '../contexts/queries.ts';
import type { OrgPopoverProps } from './org-popover.tsx';
import css from './org-switcher.module.css';
import { actingQuery, hasOrgs } from './queries.ts';
import { RoleBadge } from './role-badge.tsx';

const OrgPopover = lazy<OrgPopoverProps>(async () => (await import('./org-popover.tsx')).OrgPopover);

interface OrgSwitcherProps {
  collapsed: boolean;
  onNew: () => void;
}

/** Shows the organization that the current context acts in, with the role there, and switches to another. */
export function OrgSwitcher(props: OrgSwitcherProps): ReactNode {
  const current = useCurrentContext() ?? null;
  if (!hasOrgs(current)) return null;
  return <Switcher key={current.id} {...props} context={current} />;
}

function Switcher({ context, collapsed, onNew }: OrgSwitcherProps & { context: ContextSummary }): ReactNode {
  const acting = useQuery(actingQuery(context));
  const [opened, setOpened] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  const role = acting.data?.role ?? null;
  const name = acting.data?.org === null ? 'No organization' : (acting.data?.org?.name ?? context.org);
  const words = name ?? (acting.isError ? 'Not known' : '…');
  return (
    <>
      <button
        type="button"
        className={css['target']}
        data-collapsed={collapsed || undefined}
        ref={button}
        {...openerProps(id, 'dialog', opened)}
        onClick={() => setOpened(!opened)}
      >
        <Building2 className={css['icon']} />
        <span className={css['words']}>
          <span className="kh-hidden">Organization:</span> <span className={css['name']}>{words}</span>{' '}
          {role !== null && <RoleBadge role={role} />}
        </span>
      </button>
      {collapsed && <HoverLabel target={button} label={role === null ? words : `${words}, ${role}`} />}
      <OrgPopover
        context={context}
        opener={{ button, id }}
        opened={opened}
        onChange={setOpened}
        onNew={onNew}
      />
    </>
  );
}
