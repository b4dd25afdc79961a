import { useQuery } from '@tanstack/react-query';
import { Stethoscope } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useSearchParams } from 'react-router';
import type { Answer } from '../../lib/api.ts';
import { counted } from '../../lib/format.ts';
import { Button } from '../../ui/button.tsx';
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
  // Other programs change these files: what was read before counts no more.
  const known = list.isError ? undefined : list.data;
  const [settingUp, setSettingUp] = useState<WantedSetUp | null>(null);
  // In the address, so that the palette leads to it.
  const [search, setSearch] = useSearchParams();
  const examining = search.has('doctor');
  return (
    <Page
      title="Registries"
      lead="Podman and Docker sign in to these through Keyhold, with a fresh token each time."
      actions={<DoctorButton troubles={known?.troubles} onClick={() => setSearch('doctor')} />}
    >
      <RegistryTable
        list={{ ...list, data: known?.registries }}
        onSetUp={(registry, client) => setSettingUp({ registry, client })}
      />
      {known !== undefined && known.registries.length > 0 && (
        <Section title="Credential helper">
          <HelperPanel list={known} />
        </Section>
      )}
      <DoctorSheet opened={examining} onClose={() => setSearch('')} />
      <SetUpDialog wanted={settingUp} onClose={() => setSettingUp(null)} />
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
