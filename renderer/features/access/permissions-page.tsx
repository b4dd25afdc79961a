import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Grid3x3, History, Inbox } from 'lucide-react';
import { NativeSelect, Tabs } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useSearchParams } from 'react-router';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { AccessPlace } from '../../../contracts/ipc/access.ts';
import { counted } from '../../lib/format.ts';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { LinesSkeleton } from '../../ui/lines-skeleton.tsx';
import { ErrorNotice, Notice } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { NeedsKey } from '../contexts/needs-key.tsx';
import { useActing } from '../orgs/queries.ts';
import css from './parts/access.module.css';
import { lastOrganization, rememberOrganization, useAccessWork } from './model/access-work.ts';
import { pendingCount } from './model/prepared-work.ts';
import { usePageAsked } from './model/page-asked.ts';
import { BatchesSheet } from './changes/batches-sheet.tsx';
import { GrantFilesMenu } from './files/grant-files-menu.tsx';
import { Matrix } from './matrix.tsx';
import { accessOrganizationsQuery, sidesQuery } from './model/queries.ts';
import { AskDialog } from './requests/ask-dialog.tsx';
import { ReviewTab } from './review/review-tab.tsx';
import { TemplatesTab } from './templates/templates-tab.tsx';

const title = 'Permissions';

type Organization = Readonly<{ slug: string; name: string }>;

/** Who may do what on the repositories that the user administers. */
export function PermissionsPage({ context }: { context: ContextSummary }): ReactNode {
  const active = context.state === 'active';
  const list = useQuery({ ...accessOrganizationsQuery(context.id), enabled: active });
  const [isAsking, setAsking] = useState(false);
  if (!active) return <NeedsKey title={title} context={context} />;
  if (list.data !== undefined && list.data.length > 0)
    return <Organizations context={context} organizations={list.data} />;
  return (
    <Page title={title}>
      {list.isError && <ErrorNotice error={list.error} retry={() => void list.refetch()} />}
      {list.isPending && <LinesSkeleton lines={6} />}
      {list.data?.length === 0 && (
        <EmptyState
          picture={<Grid3x3 />}
          title="You administer no repository"
          action={<Button onClick={() => setAsking(true)}>Ask for access</Button>}
        >
          Who owns an organization, has admin on a repository or administers the service sees here who may use
          it. Whoever does can give you admin, too.
        </EmptyState>
      )}
      {isAsking && <AskDialog context={context} onClose={() => setAsking(false)} />}
    </Page>
  );
}

interface OrganizationsProps {
  context: ContextSummary;
  organizations: readonly Organization[];
}

/**
 * One of the organizations: the one with pending changes before the one that was looked at last, and that before the one
 * in which the context acts.
 */
function Organizations({ context, organizations }: OrganizationsProps): ReactNode {
  const client = useQueryClient();
  const placeOf = (slug: string): AccessPlace => ({ contextId: context.id, organization: slug });
  const acting = useActing(context)?.org ?? null;
  const page = usePageAsked();
  const { key } = page;
  const named = page.asked?.organization ?? null;
  // What leads here for an organization chooses it anew.
  const [chosen, setChosen] = useState({ slug: named, key });
  const [asked, setAsked] = useState<string | null>(null);
  const begun =
    organizations.find(({ slug }) => pendingCount(placeOf(slug)) > 0) ??
    organizations.find(({ slug }) => slug === lastOrganization(client, context.id)) ??
    organizations.find(({ slug }) => slug === acting?.slug) ??
    organizations[0];
  const organization =
    organizations.find(({ slug }) => slug === (chosen.key === key ? chosen.slug : named)) ?? begun;
  if (organization === undefined) return null;
  const place = placeOf(organization.slug);
  const show = (slug: string): void => {
    setChosen({ slug, key });
    rememberOrganization(client, placeOf(slug));
  };
  const choose = (slug: string): void => {
    if (pendingCount(place) > 0) setAsked(slug);
    else show(slug);
  };
  return (
    <>
      <OrganizationPage
        key={organization.slug}
        place={place}
        elsewhere={
          acting !== null &&
          organizations.every(({ slug }) => slug !== acting.slug) && (
            <Elsewhere context={context} acting={acting.name} shown={organization.name} />
          )
        }
        chooser={
          organizations.length > 1 && (
            <NativeSelect
              className={css['organizations'] ?? ''}
              aria-label="Organization"
              value={organization.slug}
              data={organizations.map(({ slug, name }) => ({ value: slug, label: name }))}
              onChange={(event) => choose(event.currentTarget.value)}
            />
          )
        }
      />
      <ConfirmDialog
        opened={asked !== null}
        title={`Leave ${organization.name}`}
        action="Leave"
        harmless
        busy={false}
        error={null}
        onConfirm={() => {
          if (asked !== null) show(asked);
          setAsked(null);
        }}
        onClose={() => setAsked(null)}
      >
        <p>
          {`${counted(pendingCount(place), 'change')} there are not made yet. They wait there until you come back, as long as Keyhold runs.`}
        </p>
      </ConfirmDialog>
    </>
  );
}

/** What there is of an organization, in the order of its tabs; the first one has the page's own address. */
const tabs = [
  { value: 'matrix', label: 'Matrix', Tab: MatrixTab },
  { value: 'review', label: 'Review', Tab: ReviewTab },
  { value: 'templates', label: 'Templates', Tab: TemplatesTab },
] as const;

interface ElsewhereProps {
  context: ContextSummary;
  /** The name of the organization in which the context acts, and of the one that is shown. */
  acting: string;
  shown: string;
}

/** Says that this is about another organization than the one in which the context acts, where it administers nothing. */
function Elsewhere({ context, acting, shown }: ElsewhereProps): ReactNode {
  const [isAsking, setAsking] = useState(false);
  return (
    <>
      <Notice
        tone="info"
        title={`You administer no repository of ${acting}`}
        actions={<Button onClick={() => setAsking(true)}>Ask for access</Button>}
      >
        <p>
          This is about <bdi>{shown}</bdi>.
        </p>
      </Notice>
      {isAsking && <AskDialog context={context} onClose={() => setAsking(false)} />}
    </>
  );
}

interface OrganizationPageProps {
  place: AccessPlace;
  /** Why it is this organization, where that is not plain. */
  elsewhere: ReactNode;
  chooser: ReactNode;
}

function OrganizationPage({ place, elsewhere, chooser }: OrganizationPageProps): ReactNode {
  const work = useAccessWork(place);
  const [isHistoryOpen, setHistoryOpen] = useState(false);
  // In the address, so that the palette leads to it.
  const [search, setSearch] = useSearchParams();
  const shown = tabs.find(({ value }) => value === search.get('tab')) ?? tabs[0];
  return (
    <Page
      title={title}
      width="full"
      actions={
        <>
          {chooser}
          <Button size="large" icon={<History size={16} />} onClick={() => setHistoryOpen(true)}>
            Last changes
          </Button>
          <GrantFilesMenu place={place} />
        </>
      }
    >
      {elsewhere}
      <Tabs
        className={css['tabs'] ?? ''}
        value={shown.value}
        keepMounted={false}
        onChange={(value) => setSearch(value === null || value === tabs[0].value ? {} : { tab: value })}
      >
        <Tabs.List>
          {tabs.map(({ value, label }) => (
            <Tabs.Tab key={value} value={value}>
              {label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {tabs.map(({ value, Tab }) => (
          <Tabs.Panel key={value} value={value} className={css['tab'] ?? ''}>
            <Tab place={place} />
          </Tabs.Panel>
        ))}
      </Tabs>
      {isHistoryOpen && <BatchesSheet work={work} onClose={() => setHistoryOpen(false)} />}
    </Page>
  );
}

function MatrixTab({ place }: { place: AccessPlace }): ReactNode {
  const sides = useQuery(sidesQuery(place));
  const { principals = [], repositories = [] } = sides.data ?? {};
  return (
    <>
      {sides.isError && <ErrorNotice error={sides.error} retry={() => void sides.refetch()} />}
      {sides.isPending && <LinesSkeleton lines={8} />}
      {sides.data !== undefined && repositories.length === 0 && (
        <EmptyState picture={<Inbox />} title="No repositories yet">
          An owner makes one by pushing the first image. Then you see here who may use it.
        </EmptyState>
      )}
      {sides.data !== undefined && repositories.length > 0 && principals.length === 0 && (
        <EmptyState picture={<Inbox />} title="Nobody is here yet">
          Invite people, or make a group or a bot: then you can give them access here.
        </EmptyState>
      )}
      {sides.data !== undefined && repositories.length > 0 && principals.length > 0 && (
        <Matrix place={place} sides={sides.data} readAt={sides.dataUpdatedAt} />
      )}
    </>
  );
}
