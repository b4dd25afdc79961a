import { SegmentedControl, Table } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import type { RestoreRow } from '../../../contracts/ipc/backup.ts';
import { keyhold, valueOf, type Answer } from '../../lib/api.ts';
import { counted, exactTime } from '../../lib/format.ts';
import { Badge } from '../../ui/badge.tsx';
import { Breakable } from '../../ui/breakable.tsx';
import { FormFrame } from '../../ui/form.tsx';
import { Notice } from '../../ui/notice.tsx';
import { useSecretForm } from '../../ui/secret-form.ts';
import css from './backup.module.css';
import type { ChosenBackup, Preview } from './chosen-backup.ts';

type Mode = 'merge' | 'replace';

interface RestoreFormProps {
  file: ChosenBackup;
  preview: Preview;
  onBusy: (busy: boolean) => void;
  onRestored: (result: Answer<'backup', 'restore'>) => void;
  onClose: () => void;
}

/** Shows what is in the backup and what it would change here, and does it. */
export function RestoreForm(props: RestoreFormProps): ReactNode {
  const { file, preview, onBusy, onRestored, onClose } = props;
  const [mode, setMode] = useState<Mode>('merge');
  const form = useSecretForm({
    secrets: {},
    send: () => valueOf(keyhold().backup.restore({ fileId: file.fileId, mode })),
    onDone: onRestored,
    onBusy,
  });
  const nothing = preview.newContexts + preview.newCredentials + preview.revokedCredentials === 0;
  const replaces = mode === 'replace';
  return (
    <FormFrame
      form={form}
      action={replaces ? 'Replace everything' : 'Restore'}
      busyAction="Restoring…"
      kind={replaces ? 'danger' : 'primary'}
      disabled={!replaces && nothing}
      onCancel={onClose}
    >
      <p>
        <strong className={css['name']}>{file.fileName}</strong>{' '}
        <span className="kh-dim">
          saved {exactTime(preview.savedAt)}: {counted(preview.contexts, 'context')},{' '}
          {counted(preview.credentials, 'credential')}
        </span>
      </p>
      {preview.rows.length > 0 && <Rows preview={preview} />}
      {preview.present > 0 && (
        <SegmentedControl
          aria-label="How to restore"
          value={mode}
          onChange={setMode}
          data={[
            { value: 'merge', label: 'Add to this vault' },
            { value: 'replace', label: 'Replace everything' },
          ]}
        />
      )}
      {replaces ? <Losses preview={preview} /> : <Gains preview={preview} />}
    </FormFrame>
  );
}

function Rows({ preview }: { preview: Preview }): ReactNode {
  const { rows, contexts } = preview;
  return (
    <div className={css['rows']} role="region" aria-label="Contexts in the backup" tabIndex={0}>
      <Table horizontalSpacing="sm" verticalSpacing="xs" aria-label="Contexts in the backup">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Context</Table.Th>
            <Table.Th>User</Table.Th>
            <Table.Th>Keys</Table.Th>
            <Table.Th>In this vault</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Row key={`${row.host} ${row.userId}`} row={row} />
          ))}
        </Table.Tbody>
      </Table>
      {contexts > rows.length && (
        <p className={css['more']}>and {(contexts - rows.length).toLocaleString('en')} more</p>
      )}
    </div>
  );
}

function Row({ row }: { row: RestoreRow }): ReactNode {
  return (
    <Table.Tr>
      <Table.Td>
        <span className={css['name']}>{row.name}</span>
        <span className={css['host']}>
          <Breakable>{row.host}</Breakable>
        </span>
      </Table.Td>
      <Table.Td className={css['user']}>{row.userId}</Table.Td>
      <Table.Td className="kh-tabular">{row.credentials}</Table.Td>
      <Table.Td>
        <Standing row={row} />
      </Table.Td>
    </Table.Tr>
  );
}

/** How a context of the backup stands to the vault, and what merging does about it. */
function Standing({ row }: { row: RestoreRow }): ReactNode {
  const { outcome, name, asName, newCredentials, revokedCredentials, foreignCredentials } = row;
  const notes = [
    ...(outcome === 'renamed' ? [`will be called ${asName}`] : []),
    ...(outcome === 'merged' || outcome === 'same' ? (asName === name ? [] : [`called ${asName} here`]) : []),
    ...(outcome === 'merged' && newCredentials > 0 ? [`gets ${counted(newCredentials, 'credential')}`] : []),
    ...(revokedCredentials > 0
      ? [`${counted(revokedCredentials, 'credential')} will be marked revoked`]
      : []),
    ...(foreignCredentials > 0
      ? [`${counted(foreignCredentials, 'credential')} already in another context`]
      : []),
  ];
  const badges = {
    new: <Badge tone="good">New</Badge>,
    renamed: <Badge tone="warning">Name taken</Badge>,
    merged: <Badge tone="warning">Differs</Badge>,
    same: <Badge tone="neutral">Same</Badge>,
  } as const;
  return (
    <>
      {badges[outcome]}
      {notes.length > 0 && <span className={css['host']}>{notes.join(', ')}</span>}
    </>
  );
}

function Gains({ preview }: { preview: Preview }): ReactNode {
  const { newContexts, newCredentials, revokedCredentials } = preview;
  if (newContexts + newCredentials + revokedCredentials === 0) {
    return (
      <Notice tone="info" title="Nothing in it is new">
        This vault has every context and every key of the backup.
      </Notice>
    );
  }
  return (
    <p>
      Adds {counted(newContexts, 'context')} and {counted(newCredentials, 'credential')}
      {revokedCredentials > 0 && `, and marks ${counted(revokedCredentials, 'credential')} revoked`}. What is
      in this vault stays as it is.
    </p>
  );
}

/** How many names of lost contexts are said. */
const named = 5;

function Losses({ preview }: { preview: Preview }): ReactNode {
  const { leaving } = preview;
  if (leaving.contexts + leaving.credentials === 0) {
    return (
      <p>
        Every context and key of this vault is in the backup: none is lost. Their names and looks become the
        backup’s.
      </p>
    );
  }
  const others = leaving.contexts - Math.min(named, leaving.names.length);
  const names = leaving.names.slice(0, named).join(', ');
  return (
    <Notice
      tone="warning"
      title={`${counted(leaving.contexts, 'context')} and ${counted(leaving.credentials, 'credential')} of this vault are lost`}
    >
      {leaving.contexts > 0 && (
        <>
          They are not in the backup: {names}
          {others > 0 && ` and ${others.toLocaleString('en')} more`}. The set-up of Podman and Docker for them
          is undone.{' '}
        </>
      )}
      A copy of the vault file from before is kept. Revoked keys stay revoked.
    </Notice>
  );
}
