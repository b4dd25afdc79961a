import { useQuery } from '@tanstack/react-query';
import { Box, Stethoscope } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useSearchParams } from 'react-router';
import { queries } from '../../lib/queries.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { LinesSkeleton } from '../../ui/lines-skeleton.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { DoctorSheet } from './doctor-sheet.tsx';
import { HelperPanel } from './helper-panel.tsx';
import { RegistryList } from './registry-list.tsx';
import { SetUpDialog, type WantedSetUp } from './set-up-dialog.tsx';

/** The registries of all contexts, and what Podman and Docker sign in to them with. */
export function RegistriesPage(): ReactNode {
  const list = useQuery(queries.registries);
  const [settingUp, setSettingUp] = useState<WantedSetUp | null>(null);
  // In the address, so that the palette leads to it.
  const [search, setSearch] = useSearchParams();
  const examining = search.has('doctor');
  return (
    <Page
      title="Registries"
      lead="Podman and Docker sign in to these through Keyhold, with a fresh token each time."
      actions={
        <Button
          icon={<Stethoscope />}
          onClick={() => {
            setSearch('doctor');
          }}
        >
          Doctor
        </Button>
      }
    >
      {list.isError && <ErrorNotice error={list.error} retry={() => void list.refetch()} />}
      {list.isPending && <LinesSkeleton lines={4} />}
      {list.data?.registries.length === 0 && (
        <EmptyState picture={<Box />} title="None of your services has a registry">
          Add a context for a service with a container registry, and it shows up here.
        </EmptyState>
      )}
      {list.data !== undefined && list.data.registries.length > 0 && (
        <>
          <RegistryList
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
