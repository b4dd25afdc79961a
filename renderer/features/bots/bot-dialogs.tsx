import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { BotSummary } from '../../../contracts/ipc/bots.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { toastDone } from '../../ui/toast.ts';
import { ChooseTemplate } from '../access/templates/choose-template.tsx';
import { BotKeyDialog } from './bot-key-dialog.tsx';
import { NewBotDialog } from './new-bot-dialog.tsx';
import { botsQuery } from './queries.ts';

export type BotDialog =
  | { kind: 'none' | 'new' }
  | { kind: 'key' | 'delete' | 'template'; bot: BotSummary }
  | { kind: 'revoke'; bot: BotSummary; key: BotSummary['keys'][number] };

interface BotDialogsProps {
  context: ContextSummary;
  org: string;
  dialog: BotDialog;
  onDialog: (dialog: BotDialog) => void;
  /** Shows a bot. */
  onOpen: (name: string) => void;
}

/** Whichever dialog of the page is open. */
export function BotDialogs({ context, org, dialog, onDialog, onOpen }: BotDialogsProps): ReactNode {
  const close = (): void => onDialog({ kind: 'none' });
  switch (dialog.kind) {
    case 'none':
      return null;
    case 'new':
      return <NewBotDialog context={context} org={org} onMade={onOpen} onClose={close} />;
    case 'key':
      return <BotKeyDialog context={context} bot={dialog.bot} onClose={close} />;
    case 'template': {
      const { subject, name } = dialog.bot;
      return (
        <ChooseTemplate
          place={{ contextId: context.id, organization: org }}
          principal={{ reference: subject, name }}
          onClose={close}
        />
      );
    }
    case 'delete':
      return <DeleteDialog context={context} bot={dialog.bot} onClose={close} />;
    case 'revoke':
      return <RevokeDialog context={context} bot={dialog.bot} shown={dialog.key} onClose={close} />;
  }
}

interface BotProps {
  context: ContextSummary;
  bot: BotSummary;
  onClose: () => void;
}

function DeleteDialog({ context, bot, onClose }: BotProps): ReactNode {
  const client = useQueryClient();
  const { org, name } = bot;
  const remove = useMutation({
    mutationFn: () => valueOf(keyhold().bots.remove({ contextId: context.id, org, name })),
    onSuccess: () => {
      toastDone(`Deleted ${org}/${name}`);
      onClose();
    },
    onSettled: () => client.invalidateQueries(botsQuery(context)),
  });
  return (
    <ConfirmDialog
      opened
      title={`Delete ${name}?`}
      action="Delete bot"
      typeToConfirm={name}
      busy={remove.isPending}
      error={remove.error}
      onConfirm={remove.mutate}
      onClose={onClose}
    >
      <p>
        Its keys are revoked and its authorizations taken back: whatever signs in as {org}/{name} stops
        working at once. This cannot be undone.
      </p>
    </ConfirmDialog>
  );
}

function RevokeDialog({
  context,
  bot,
  shown,
  onClose,
}: BotProps & { shown: BotSummary['keys'][number] }): ReactNode {
  const client = useQueryClient();
  const { org, name } = bot;
  const revoke = useMutation({
    mutationFn: () => valueOf(keyhold().bots.revokeKey({ contextId: context.id, org, name, kid: shown.kid })),
    onSuccess: () => {
      toastDone(`Revoked “${shown.label}”`);
      onClose();
    },
    onSettled: () => client.invalidateQueries(botsQuery(context)),
  });
  return (
    <ConfirmDialog
      opened
      title={`Revoke “${shown.label}”?`}
      action="Revoke key"
      busy={revoke.isPending}
      error={revoke.error}
      onConfirm={revoke.mutate}
      onClose={onClose}
    >
      <p>
        {context.serviceName} stops accepting what the key signs. Builds that use it cannot sign in as {name}{' '}
        any more. This cannot be undone.
      </p>
    </ConfirmDialog>
  );
}
