import { useQuery } from '@tanstack/react-query';
import { Check, MailOpen, Plus, Settings2 } from 'lucide-react';
import type { ReactNode } from 'react';
import { useNavigate } from 'react-router';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { OrgSummary } from '../../../contracts/ipc/orgs.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { PickList, type PickListKind } from '../../ui/pick-list.tsx';
import { SwitcherActions, SwitcherPopover, type SwitcherPopoverProps } from '../../ui/switcher-popover.tsx';
import { useContexts } from '../contexts/queries.ts';
import css from './org-switcher.module.css';
import { orgsQuery, useActing } from './queries.ts';
import { RoleBadge } from './role-badge.tsx';
import { useSwitchOrg } from './use-switch-org.ts';

export interface OrgPopoverProps extends SwitcherPopoverProps {
  context: ContextSummary;
  /** Opens what makes another organization. */
  onNew: () => void;
}

/** The organizations of the current context's account, to switch to, and what concerns them as such. */
export function OrgPopover({ context, onNew, ...popover }: OrgPopoverProps): ReactNode {
  return (
    <SwitcherPopover {...popover}>
      {(close) =>
        context.credential === 'api-key' ? (
          <Fixed context={context} onDone={close} />
        ) : (
          <>
            <Choice context={context} onDone={close} />
            <Actions onNew={onNew} onDone={close} />
          </>
        )
      }
    </SwitcherPopover>
  );
}

interface PartProps {
  context: ContextSummary;
  onDone: () => void;
}

/** An API key is for one organization: another one takes another sign-in. */
function Fixed({ context, onDone }: PartProps): ReactNode {
  const navigate = useNavigate();
  const org = useActing(context)?.org?.name ?? 'one organization';
  return (
    <div className={css['fixed']}>
      <p>
        {context.name} signs in with an API key, which is for {org} alone. To act in another organization, add
        a context that signs in there.
      </p>
      <Button
        icon={<Plus />}
        data-autofocus
        onClick={() => {
          onDone();
          const { origin: address, userId } = context;
          void navigate('/contexts/new', { state: { address, userId, way: 'browser' } });
        }}
      >
        Sign in for another…
      </Button>
    </div>
  );
}

const kind: PickListKind<OrgSummary> = {
  noun: 'organizations',
  noMatch: 'No organization has that in its name.',
  rowHeight: 48,
  idOf: ({ slug }) => slug,
  wordsOf: ({ slug, name, role }) => [slug, name, role],
};

function Choice({ context, onDone }: PartProps): ReactNode {
  const orgs = useQuery(orgsQuery(context));
  const acting = useActing(context);
  const { data: contexts = [] } = useContexts();
  const switchTo = useSwitchOrg(context);
  const current = acting?.org?.slug ?? context.org;
  if (orgs.isError) return <ErrorNotice error={orgs.error} retry={() => void orgs.refetch()} />;
  const about = ({ slug, kind: type, heldBy }: OrgSummary): string => {
    const holder = contexts.find(({ id }) => id === heldBy)?.name;
    if (holder !== undefined) return `${slug} · in ${holder}`;
    return type === 'personal' ? `${slug} · personal` : slug;
  };
  return (
    <PickList
      kind={kind}
      items={orgs.data ?? null}
      current={current}
      onChoose={(slug) => {
        onDone();
        const chosen = orgs.data?.find((each) => each.slug === slug);
        if (chosen !== undefined && slug !== current) switchTo(chosen);
      }}
    >
      {(org) => (
        <>
          <span className={css['option']}>
            <span className={css['name']}>{org.name}</span> <span className={css['about']}>{about(org)}</span>
          </span>{' '}
          <RoleBadge role={org.role} />
          {org.slug === current && <Check className={css['check']} />}
        </>
      )}
    </PickList>
  );
}

function Actions({ onNew, onDone }: { onNew: () => void; onDone: () => void }): ReactNode {
  const navigate = useNavigate();
  return (
    <SwitcherActions
      close={onDone}
      actions={[
        { icon: <Plus />, words: 'New organization…', run: onNew },
        { icon: <MailOpen />, words: 'Open an invitation…', run: () => void navigate('/join') },
        { icon: <Settings2 />, words: 'Organization settings', run: () => void navigate('/organization') },
      ]}
    />
  );
}
