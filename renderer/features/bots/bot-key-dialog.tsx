import { useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { BotCredential, BotSummary } from '../../../contracts/ipc/bots.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { MakeKeyForm } from '../keys/make-key-form.tsx';
import { CredentialPanel } from './credential-panel.tsx';
import { botsQuery } from './queries.ts';

interface BotKeyDialogProps {
  context: ContextSummary;
  bot: BotSummary;
  onClose: () => void;
}

/** Makes a key for a bot and hands its credential out, once. */
export function BotKeyDialog({ context, bot, onClose }: BotKeyDialogProps): ReactNode {
  const [credential, setCredential] = useState<BotCredential | null>(null);
  if (credential === null) {
    return (
      <Dialog opened onClose={onClose} title={`New key for ${bot.name}`}>
        <MakeForm context={context} bot={bot} onMade={setCredential} onClose={onClose} />
      </Dialog>
    );
  }
  return (
    <Dialog opened held onClose={() => undefined} title={`Credential of ${bot.name}`} size={620}>
      <CredentialPanel credential={credential} onDone={onClose} />
    </Dialog>
  );
}

interface MakeFormProps extends BotKeyDialogProps {
  onMade: (credential: BotCredential) => void;
}

function MakeForm({ context, bot, onMade, onClose }: MakeFormProps): ReactNode {
  const client = useQueryClient();
  const { org, name } = bot;
  return (
    <MakeKeyForm
      hint="Says where the key is used."
      label="CI"
      action="Make and register key"
      make={(label) =>
        valueOf(keyhold().bots.makeKey({ contextId: context.id, org, name, label })).finally(
          () => void client.invalidateQueries(botsQuery(context)),
        )
      }
      onMade={onMade}
      onClose={onClose}
    >
      Keyhold makes the key here and registers it for {org}/{name}. You then take the credential to your CI;
      Keyhold keeps no copy.
    </MakeKeyForm>
  );
}
