import { Tabs } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useSearchParams } from 'react-router';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { permissionFor } from '../../../contracts/permissions/operations.ts';
import { Breakable } from '../../ui/breakable.tsx';
import { Button } from '../../ui/button.tsx';
import { Code } from '../../ui/code.tsx';
import { ErrorNotice, Notice } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { CompareTab } from './compare/compare-tab.tsx';
import { beginRole, deskOfWindow } from './model/desk.ts';
import { useKnownKeys, type KnownKeys } from './model/known-keys.ts';
import { NameDialog } from './roles/role-dialogs.tsx';
import { rolesQuery } from './queries.ts';
import { RolesTab } from './roles/roles-tab.tsx';
import css from './rules-page.module.css';
import { firstQuestion } from './simulator/question.ts';
import { SimulatorTab } from './simulator/simulator-tab.tsx';

/** What there is, in the order of its tabs; the first one has the page's own address. */
const tabs = [
  { value: 'roles', label: 'Roles' },
  { value: 'simulator', label: 'Simulator' },
  { value: 'compare', label: 'Compare' },
] as const;

/** Rules that say who may use a keeper's keys: written, tried, compared. Nothing here changes anything at a service. */
export function RulesPage({ context }: { context: ContextSummary }): ReactNode {
  const keys = useKnownKeys(context);
  const [search, setSearch] = useSearchParams();
  const shown = tabs.find(({ value }) => value === search.get('tab')) ?? tabs[0];
  const isEmpty = useQuery(rolesQuery).data?.length === 0;
  const [isNaming, setNaming] = useState(false);
  const [question, setQuestion] = useState(firstQuestion);
  const show = (value: string | null): void =>
    setSearch(value === null || value === tabs[0].value ? {} : { tab: value });
  return (
    <Page
      title="Rules"
      width="wide"
      actions={
        // Without a role, what says so has the button.
        isEmpty ? undefined : (
          <Button kind="primary" icon={<Plus />} onClick={() => setNaming(true)}>
            New role
          </Button>
        )
      }
    >
      <UnknownKeys keys={keys} context={context} />
      <Tabs className={css['tabs'] ?? ''} value={shown.value} keepMounted={false} onChange={show}>
        <Tabs.List>
          {tabs.map(({ value, label }) => (
            <Tabs.Tab key={value} value={value}>
              {label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="roles">
          <RolesTab keys={keys} onNew={() => setNaming(true)} />
        </Tabs.Panel>
        <Tabs.Panel value="simulator">
          <SimulatorTab context={context} keys={keys} question={question} onQuestion={setQuestion} />
        </Tabs.Panel>
        <Tabs.Panel value="compare">
          <CompareTab keys={keys} />
        </Tabs.Panel>
      </Tabs>
      {isNaming && (
        <NameDialog
          naming={{ kind: 'new' }}
          onDone={({ id }) => {
            beginRole(deskOfWindow(), id);
            show(tabs[0].value);
          }}
          onClose={() => setNaming(false)}
        />
      )}
    </Page>
  );
}

/** Says that keys cannot be listed, and what holds all the same. */
function UnknownKeys({ keys, context }: { keys: KnownKeys; context: ContextSummary }): ReactNode {
  const words = 'Rules are read, tried and kept all the same, with key ids that you type.';
  const unknown = `Which keys ${context.serviceName} has is not known. ${words}`;
  if (keys.forbidden !== null || keys.error?.code === 'not_allowed')
    return (
      <Notice tone="info" title="Your token may not list keys">
        {unknown}{' '}
        {keys.forbidden === null ? (
          <>
            To list them takes <Code>{permissionFor('compliance.inventory', null)}</Code>.
          </>
        ) : (
          <Breakable>{keys.forbidden}</Breakable>
        )}
      </Notice>
    );
  if (keys.error !== null)
    return (
      <ErrorNotice error={keys.error} retry={keys.retry}>
        <p>{unknown}</p>
      </ErrorNotice>
    );
  if (keys.state !== 'none') return null;
  return (
    <Notice tone="info" title="You are signed out">
      {unknown}
    </Notice>
  );
}
