import { useQuery } from '@tanstack/react-query';
import { Box } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { Registry } from '../../../contracts/ipc/registries.ts';
import { queries } from '../../lib/queries.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { LinesSkeleton } from '../../ui/lines-skeleton.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { HelperPanel } from './helper-panel.tsx';
import { RegistryList } from './registry-list.tsx';
import { SetUpDialog } from './set-up-dialog.tsx';

/** The registries of all contexts, and what Podman signs in to them with. */
export function RegistriesPage(): ReactNode {
  const list = useQuery(queries.registries);
  const [settingUp, setSettingUp] = useState<Registry | null>(null);
  return (
    <Page title="Registries" lead="Podman signs in to these through Keyhold, with a fresh token each time.">
      {list.isError && <ErrorNotice error={list.error} retry={() => void list.refetch()} />}
      {list.isPending && <LinesSkeleton lines={4} />}
      {list.data?.registries.length === 0 && (
        <EmptyState picture={<Box />} title="None of your services has a registry">
          Add a context for a service with a container registry, and it shows up here.
        </EmptyState>
      )}
      {list.data !== undefined && list.data.registries.length > 0 && (
        <>
          <RegistryList registries={list.data.registries} onSetUp={setSettingUp} />
          <Section title="Credential helper">
            <HelperPanel list={list.data} />
          </Section>
        </>
      )}
      <SetUpDialog
        registry={settingUp}
        onClose={() => {
          setSettingUp(null);
        }}
      />
    </Page>
  );
}
