import { useQuery } from '@tanstack/react-query';
import { Box, Stethoscope } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useSearchParams } from 'react-router';
import type { Answer } from '../../lib/api.ts';
import { counted } from '../../lib/format.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { LinesSkeleton } from '../../ui/lines-skeleton.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { DoctorSheet } from './doctor-sheet.tsx';
import { HelperPanel } from './helper-panel.tsx';
import { registriesQuery } from './queries.ts';
import css from './registries.module.css';
import { RegistryTable } from './registry-table.tsx';
import { SetUpDialog, type WantedSetUp } from './set-up-dialog.tsx';

/** The registries of all contexts, and what Podman and Docker sign in to them with. */
export function RegistriesPage(): ReactNode {
  const list = useQuery(registriesQuery);
  const [settingUp, setSettingUp] = useState<WantedSetUp | null>(null);
  // In the address, so that the palette leads to it.
  const [search, setSearch] = useSearchParams();
  const examining = search.has('doctor');
  return (
    <Page
      title="Registries"
      lead="Podman and Docker sign in to these through Keyhold, with a fresh token each time."
      actions={
        <DoctorButton
          troubles={list.isError ? undefined : list.data?.troubles}
          onClick={() => {
            setSearch('doctor');
          }}
        />
      }
    >
      {list.isError && <ErrorNotice error={list.error} retry={() => void list.refetch()} />}
      {list.isPending && <LinesSkeleton lines={4} />}
      {!list.isError && list.data?.registries.length === 0 && (
        <EmptyState picture={<Box />} title="None of your services has a registry">
          Add a context for a service with a container registry, and it shows up here.
        </EmptyState>
      )}
      {!list.isError && list.data !== undefined && list.data.registries.length > 0 && (
        <>
          <RegistryTable
            registries={list.data.registries}
            onSetUp={(registry, client) => {
              setSettingUp({ registry, client });
            }}
          />
          <Section title="Credential helper">
            <HelperPanel list={list.data} />
          </Section>
        </>
      )}
      <DoctorSheet
        opened={examining}
        onClose={() => {
          setSearch('');
        }}
      />
      <SetUpDialog
        wanted={settingUp}
        onClose={() => {
          setSettingUp(null);
        }}
      />
    </Page>
  );
}

interface DoctorButtonProps {
  troubles: Answer<'registries', 'list'>['troubles'] | undefined;
  onClick: () => void;
}

/** Opens the Doctor, and says how many things it finds without asking a service. */
function DoctorButton({ troubles = { broken: 0, warnings: 0 }, onClick }: DoctorButtonProps): ReactNode {
  const { broken, warnings } = troubles;
  const count = broken + warnings;
  return (
    <Button icon={<Stethoscope />} onClick={onClick}>
      Doctor
      {count > 0 && (
        <span className={css['count']} data-tone={broken > 0 ? 'error' : 'warning'}>
          <span aria-hidden="true">{count}</span>
          <span className="kh-hidden">, {counted(count, 'thing')} to look at</span>
        </span>
      )}
    </Button>
  );
}
