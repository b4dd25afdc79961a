import { Popover } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Check, Plus, Settings2 } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import { useNavigate } from 'react-router';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { OrgSummary } from '../../../contracts/ipc/orgs.ts';
import { Button } from '../../ui/button.tsx';
import { LayerAnchor, type LayerOpener } from '../../ui/layer-anchor.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { PickList, type PickListKind } from '../../ui/pick-list.tsx';
import switcherCss from '../contexts/context-switcher.module.css';
import { useContexts } from '../contexts/queries.ts';
import css from './org-switcher.module.css';
import { orgsQuery, useActing } from './queries.ts';
import { RoleBadge } from './role-badge.tsx';
import { useSwitchOrg } from './use-switch-org.ts';

export interface OrgPopoverProps {
  context: ContextSummary;
  opener: LayerOpener;
  opened: boolean;
  onChange: (opened: boolean) => void;
  /** Opens what makes another organization. */
  onNew: () => void;
}

/** The organizations of the current context's account, to switch to, and what concerns them as such. */
export function OrgPopover(props: OrgPopoverProps): ReactNode {
  const { context, opener, opened, onChange } = props;
  const close = (): void => {
    onChange(false);
    // So that a dialog that opens now gives the focus back to it.
    opener.button.current?.focus();
  };
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
        {context.credential === 'api-key' ? (
          <Fixed context={context} onDone={close} />
        ) : (
          <>
            <Choice context={context} onDone={close} />
            <Actions {...props} onDone={close} />
          </>
        )}
      </Popover.Dropdown>
    </Popover>
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
          void navigate('/contexts/new', { state: { address: context.origin, userId: context.userId } });
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

function Actions({ onNew, onDone }: PartProps & Pick<OrgPopoverProps, 'onNew'>): ReactNode {
  const navigate = useNavigate();
  const action = (icon: ReactElement, words: string, run: () => void): ReactNode => (
    <button
      type="button"
      className={switcherCss['action']}
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
      {action(<Plus />, 'New organization…', onNew)}
      {action(<Settings2 />, 'Organization settings', () => void navigate('/organization'))}
    </div>
  );
}
