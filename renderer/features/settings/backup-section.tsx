import { useQuery } from '@tanstack/react-query';
import { Archive, ArchiveRestore, FileClock } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useLocation, useNavigate } from 'react-router';
import type { Answer } from '../../lib/api.ts';
import { counted, dayText } from '../../lib/format.ts';
import { Button } from '../../ui/button.tsx';
import { LinesSkeleton } from '../../ui/lines-skeleton.tsx';
import { ErrorNotice, Notice } from '../../ui/notice.tsx';
import { Card, Section } from '../../ui/page.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { DeleteCopiesDialog } from '../backup/delete-copies-dialog.tsx';
import { backupQuery } from '../backup/queries.ts';
import { RestoreDialog } from '../backup/restore-dialog.tsx';
import { SaveDialog } from '../backup/save-dialog.tsx';
import { SecurityRow } from './security-row.tsx';

type Status = Answer<'backup', 'status'>;

/** Backups: when the last one was saved, what it does not hold yet, and the way back. */
export function BackupSection(): ReactNode {
  const status = useQuery(backupQuery);
  return (
    <Section title="Backup">
      {status.isPending && <LinesSkeleton lines={2} />}
      {status.isError && <ErrorNotice error={status.error} retry={() => void status.refetch()} />}
      {status.isSuccess && <Backups status={status.data} />}
    </Section>
  );
}

/** Whether the first start leads here to restore; asked once, so that coming back later does not ask again. */
function useRestoreFirst(): [boolean, (open: boolean) => void] {
  const { state } = useLocation() as { state: { restore?: boolean } | null };
  const navigate = useNavigate();
  const [open, setOpen] = useState(state?.restore === true);
  return [
    open,
    (next) => {
      setOpen(next);
      if (!next && state !== null) void navigate('/settings', { replace: true, state: null });
    },
  ];
}

function Backups({ status }: { status: Status }): ReactNode {
  const [saving, setSaving] = useState(false);
  const [deleting, setDeleting] = useState(false);
  const [restoring, setRestoring] = useRestoreFirst();
  const { savedAt, newCredentials, copies, newestCopy } = status;
  return (
    <div className="kh-stack" data-gap="3">
      {newCredentials > 0 && (
        <Notice tone="warning" title={`${counted(newCredentials, 'credential')} in no backup`}>
          If this computer is lost, so {newCredentials === 1 ? 'is this one' : 'are they'}. Save a backup and
          keep it elsewhere.
        </Notice>
      )}
      <Card padded={false}>
        <SecurityRow
          icon={Archive}
          name="Backup file"
          actions={<Button onClick={() => setSaving(true)}>Save backup…</Button>}
        >
          All contexts, keys and API keys in one encrypted file, under a passphrase of its own.{' '}
          {savedAt === null ? (
            'None was saved yet.'
          ) : (
            <>
              Last saved <RelativeTime at={savedAt} />.
            </>
          )}
        </SecurityRow>
        <SecurityRow
          icon={ArchiveRestore}
          name="Restore"
          actions={<Button onClick={() => setRestoring(true)}>Restore…</Button>}
        >
          Adds what a backup holds to this vault, or replaces everything by it. You see what would change
          first.
        </SecurityRow>
        <SecurityRow
          icon={FileClock}
          name="Copies on this computer"
          actions={copies > 0 && <Button onClick={() => setDeleting(true)}>Delete copies…</Button>}
        >
          Keyhold copies the vault once a day and before changes to all of it, and keeps seven of each, in
          case the file is damaged. {copyWords(copies, newestCopy)}
        </SecurityRow>
      </Card>
      <DeleteCopiesDialog opened={deleting} onClose={() => setDeleting(false)} />
      <SaveDialog opened={saving} onClose={() => setSaving(false)} />
      <RestoreDialog opened={restoring} onClose={() => setRestoring(false)} />
    </div>
  );
}

function copyWords(copies: number, newest: string | null): string {
  if (newest === null) return 'There is none yet.';
  return `${counted(copies, 'copy', 'copies')}, the newest of ${dayText(newest)}.`;
}
