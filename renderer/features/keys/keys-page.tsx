import { useQuery } from '@tanstack/react-query';
import { Import, KeyRound, Plus, RefreshCw } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useLocation, useNavigate } from 'react-router';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { KeySummary } from '../../../contracts/domain/key.ts';
import type { Rotation } from '../../../contracts/domain/rotation.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { NotByKey } from '../contexts/not-by-key.tsx';
import { SignedOutState } from '../contexts/signed-out-state.tsx';
import { ImportDialog } from './import-dialog.tsx';
import { KeySheet } from './key-sheet.tsx';
import { KeyTable } from './key-table.tsx';
import { NewKeyDialog } from './new-key-dialog.tsx';
import { keysQuery, rotationQuery } from './queries.ts';
import { RevokeDialog } from './revoke-dialog.tsx';
import { RotateDialog } from './rotate-dialog.tsx';
import { RotationPanel } from './rotation-panel.tsx';
import { useRotationActions } from './use-rotation-actions.ts';

/** What another page asks this one to open at once. */
export interface KeysPageState {
  dialog: 'new';
}

type Dialog = 'none' | 'new' | 'import';

/** The keys of the current context. */
export function KeysPage({ context }: { context: ContextSummary }): ReactNode {
  const keys = useQuery(keysQuery(context.id));
  const rotation = useQuery(rotationQuery(context.id)).data ?? null;
  const asked = useLocation().state as KeysPageState | null;
  const [dialog, setDialog] = useState<Dialog>(asked?.dialog ?? 'none');
  const [openedId, setOpenedId] = useState<string | null>(null);
  const [rotating, setRotating] = useState<KeySummary | null>(null);
  const [revoking, setRevoking] = useState<KeySummary | null>(null);
  const actions = useRotationActions(context.id);
  // The vault may count a key as active that the service does not know.
  const refusedId =
    context.signIn.state === 'not_accepted' ? (keys.data?.find(({ signs }) => signs)?.id ?? null) : null;
  const opened = keys.data?.find(({ id }) => id === openedId) ?? null;
  const open = rotation !== null && rotation.step !== 'done';
  // “Key rotated” is not shown above a failure that came later.
  const isWell = actions.error === null && refusedId === null;
  const close = (): void => setDialog('none');
  if (context.state === 'signed_out') {
    return (
      <Page title="Keys">
        <SignedOutState context={context} />
      </Page>
    );
  }
  if (context.credential !== 'key') {
    return (
      <Page title="Keys">
        <NotByKey context={context} />
      </Page>
    );
  }
  return (
    <Page
      title="Keys"
      lead={`Keys that sign you in to ${context.serviceName}. They never leave this computer.`}
      actions={
        <PageActions
          keys={keys.data ?? []}
          rotationOpen={open}
          busy={actions.busy}
          onDialog={setDialog}
          onRotate={setRotating}
        />
      }
    >
      {actions.error !== null && <ErrorNotice error={actions.error} />}
      {rotation !== null && (open || isWell) && <RotationPanel rotation={rotation} />}
      <KeyTable
        list={keys}
        refusedId={refusedId}
        canRevoke={(key) => !isRotating(rotation, key)}
        onOpen={({ id }) => setOpenedId(id)}
        onRevoke={setRevoking}
      />
      <KeySheet
        shown={opened}
        refused={opened !== null && opened.id === refusedId}
        canRevoke={!isRotating(rotation, opened)}
        onRevoke={() => {
          setOpenedId(null);
          setRevoking(opened);
        }}
        onClose={() => setOpenedId(null)}
      />
      <RotateDialog
        context={context}
        shown={rotating}
        onRotate={actions.goOn}
        onClose={() => setRotating(null)}
      />
      {revoking !== null && (
        <RevokeDialog context={context} shown={revoking} onClose={() => setRevoking(null)} />
      )}
      <NewKeyDialog context={context} opened={dialog === 'new'} onClose={close} />
      <ImportDialog context={context} opened={dialog === 'import'} onClose={close} />
    </Page>
  );
}

function isRotating(rotation: Rotation | null, key: KeySummary | null): boolean {
  if (rotation === null || rotation.step === 'done' || key === null) return false;
  return key.id === rotation.oldKeyId || key.id === rotation.newKeyId;
}

interface PageActionsProps {
  keys: readonly KeySummary[];
  rotationOpen: boolean;
  busy: boolean;
  onDialog: (dialog: Dialog) => void;
  onRotate: (key: KeySummary) => void;
}

/** What can be added, and the one thing that is next: a key to register, else the key to rotate. */
function PageActions({ keys, rotationOpen, busy, onDialog, onRotate }: PageActionsProps): ReactNode {
  const navigate = useNavigate();
  // The rotation's own panel says what is next.
  if (rotationOpen) return null;
  const pending = keys.some(({ state }) => state === 'pending');
  const registered = keys.filter(({ state }) => state === 'active');
  const old = registered.find(({ signs }) => signs) ?? registered[0];
  return (
    <>
      <Button icon={<Import />} onClick={() => onDialog('import')}>
        Import key
      </Button>
      <Button icon={<Plus />} onClick={() => onDialog('new')}>
        New key
      </Button>
      {pending && (
        <Button kind="primary" icon={<KeyRound />} onClick={() => void navigate('/status/register')}>
          Register key
        </Button>
      )}
      {!pending && old !== undefined && (
        <Button kind="primary" icon={<RefreshCw />} busy={busy} onClick={() => onRotate(old)}>
          Rotate key
        </Button>
      )}
    </>
  );
}
