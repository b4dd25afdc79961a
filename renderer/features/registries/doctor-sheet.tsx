import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { keyhold, valueOf, type Answer } from '../../lib/api.ts';
import { counted } from '../../lib/format.ts';
import { Button } from '../../ui/button.tsx';
import { Sheet } from '../../ui/dialog.tsx';
import { LinesSkeleton } from '../../ui/lines-skeleton.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { ItemList, SheetHead } from '../../ui/sheet.tsx';
import { toastError } from '../../ui/toast.ts';
import { FindingRow } from './finding-row.tsx';
import { doctorQuery, registriesQuery } from './queries.ts';

type Findings = Answer<'doctor', 'run'>;

interface DoctorSheetProps {
  opened: boolean;
  onClose: () => void;
}

/** Looks at everything that sign-in through Keyhold needs, and mends it. */
export function DoctorSheet({ opened, onClose }: DoctorSheetProps): ReactNode {
  return (
    <Sheet opened={opened} onClose={onClose} title="Doctor" size={520}>
      {opened && <Examination />}
    </Sheet>
  );
}

function Examination(): ReactNode {
  const client = useQueryClient();
  const found = useQuery(doctorQuery);
  const mend = useMutation({
    mutationFn: (id: string) => valueOf(keyhold().doctor.mend({ id })),
    onSuccess: (findings) => {
      client.setQueryData(doctorQuery.queryKey, findings);
    },
    onError: toastError,
    onSettled: () => client.invalidateQueries(registriesQuery),
  });
  const findings = found.isError ? undefined : found.data;
  return (
    <div className="kh-stack">
      <SheetHead
        aside={
          <Button
            size="small"
            busy={found.isFetching && findings !== undefined}
            disabled={mend.isPending || found.isPending}
            onClick={() => void found.refetch()}
          >
            Check again
          </Button>
        }
      >
        <p role="status">{found.isFetching ? 'Checking…' : findings && summaryOf(findings)}</p>
      </SheetHead>
      {found.isError && <ErrorNotice error={found.error} />}
      {found.isPending && <LinesSkeleton lines={8} />}
      {findings !== undefined && (
        <ItemList label="Findings">
          {findings.map((finding) => (
            <FindingRow
              key={finding.id}
              finding={finding}
              mending={mend.isPending && mend.variables === finding.id}
              blocked={found.isFetching || (mend.isPending && mend.variables !== finding.id)}
              onMend={() => mend.mutate(finding.id)}
            />
          ))}
        </ItemList>
      )}
    </div>
  );
}

function summaryOf(findings: Findings): string {
  const broken = findings.filter(({ state }) => state === 'broken').length;
  const warnings = findings.filter(({ state }) => state === 'warning').length;
  if (broken === 0 && warnings === 0) return 'All is well.';
  const parts = [
    ...(broken === 0 ? [] : [`${counted(broken, 'thing is', 'things are')} broken`]),
    ...(warnings === 0 ? [] : [`${counted(warnings, 'is', 'are')} worth a look`]),
  ];
  return `${parts.join(', ')}.`;
}
