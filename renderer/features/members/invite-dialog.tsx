import { NativeSelect, Textarea } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { limits } from '../../../contracts/domain/limits.ts';
import type { InviteResult } from '../../../contracts/ipc/members.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { counted } from '../../lib/format.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogBody } from '../../ui/dialog.tsx';
import { FormFrame, useFieldForm } from '../../ui/form.tsx';
import { Item, ItemList, ItemNote } from '../../ui/sheet.tsx';
import type { InOrgPlace } from '../orgs/in-org.tsx';
import { roleMeanings } from '../orgs/rights.ts';
import { CopyLinkButton } from './handed-link.tsx';
import { readAddresses } from './addresses.ts';
import css from './members.module.css';
import { invitationsQuery } from './queries.ts';

interface InviteDialogProps extends InOrgPlace {
  onClose: () => void;
}

/** Invites people by their addresses, and says what became of each. */
export function InviteDialog(props: InviteDialogProps): ReactNode {
  const [results, setResults] = useState<readonly InviteResult[] | null>(null);
  return (
    <Dialog opened onClose={props.onClose} title={`Invite people to ${props.org.name}`} size={520}>
      {results === null ? (
        <InviteForm {...props} onSent={setResults} />
      ) : (
        <Results results={results} onMore={() => setResults(null)} onClose={props.onClose} />
      )}
    </Dialog>
  );
}

interface InviteFormProps extends InviteDialogProps {
  onSent: (results: InviteResult[]) => void;
}

function InviteForm({ onSent, onClose, ...place }: InviteFormProps): ReactNode {
  const { context, org } = place;
  const client = useQueryClient();
  const form = useFieldForm<{ text: string; role: 'member' | 'admin' }, InviteResult[]>({
    initialValues: { text: '', role: 'member' },
    validate: { text: problemOf },
    fieldOf: ({ details }) => (details.field?.startsWith('emails') === true ? 'text' : undefined),
    send: ({ text, role }) => {
      const { emails } = readAddresses(text);
      return valueOf(keyhold().invitations.send({ contextId: context.id, org: org.slug, emails, role }));
    },
    onDone: async (results) => {
      await client.invalidateQueries(invitationsQuery(place));
      onSent(results);
    },
  });
  const { text, role } = form.fields.values;
  const count = readAddresses(text).emails.length;
  return (
    <FormFrame
      form={form}
      action={count > 1 ? `Invite ${String(count)} people` : 'Invite'}
      disabled={text.trim() === ''}
      onCancel={onClose}
    >
      <Textarea
        className={css['addresses'] ?? ''}
        label="Email addresses"
        description={`Each gets a mail with a link of its own, good for seven days. Paste up to ${String(limits.inviteesMax)}, with commas, spaces or line breaks between them.`}
        rows={4}
        maxLength={20_000}
        autoComplete="off"
        spellCheck={false}
        data-autofocus
        {...form.fields.getInputProps('text')}
      />
      <NativeSelect
        label="They join as"
        description={roleMeanings[role]}
        data={[
          { value: 'member', label: 'Member' },
          { value: 'admin', label: 'Admin' },
        ]}
        {...form.fields.getInputProps('role')}
      />
    </FormFrame>
  );
}

function problemOf(text: string): string | null {
  const { emails, wrong } = readAddresses(text);
  if (wrong.length > 0)
    return `Not an address: ${wrong.slice(0, 3).join(', ')}${wrong.length > 3 ? ' …' : ''}`;
  if (emails.length === 0) return 'Enter an address.';
  if (emails.length > limits.inviteesMax) {
    return `${counted(emails.length, 'address', 'addresses')} are too many at once: ${String(limits.inviteesMax)} at most.`;
  }
  return null;
}

const words = {
  sent: { tone: 'good', label: 'Invited', note: 'The mail is on its way.' },
  unsent: {
    tone: 'warning',
    label: 'Not sent',
    note: 'The mail could not be sent. Send it again from the list.',
  },
  link: { tone: 'warning', label: 'No mail', note: 'The service sends no mail. Hand its link on yourself.' },
  member: { tone: 'neutral', label: 'Member', note: 'Belongs to it already.' },
  invited: { tone: 'neutral', label: 'Invited before', note: 'Send that invitation again from the list.' },
} as const;

interface ResultsProps {
  results: readonly InviteResult[];
  onMore: () => void;
  onClose: () => void;
}

function Results({ results, onMore, onClose }: ResultsProps): ReactNode {
  const sent = results.filter(({ result }) => result === 'sent' || result === 'link').length;
  return (
    <DialogBody
      buttons={
        <>
          <Button onClick={onMore}>Invite more</Button>
          <Button kind="primary" data-autofocus onClick={onClose}>
            Done
          </Button>
        </>
      }
    >
      <p role="status">
        {sent === results.length
          ? `${counted(sent, 'person', 'people')} invited.`
          : `${counted(sent, 'person', 'people')} of ${String(results.length)} invited.`}
      </p>
      <div className={css['results']} tabIndex={0} role="region" aria-label="What became of each address">
        <ItemList label="Addresses">
          {results.map(({ email, result, id }) => (
            <Item key={email} name={email} notes={<ItemNote>{words[result].note}</ItemNote>}>
              {result === 'link' && id !== null ? (
                <CopyLinkButton id={id} />
              ) : (
                <Badge tone={words[result].tone}>{words[result].label}</Badge>
              )}
            </Item>
          ))}
        </ItemList>
      </div>
    </DialogBody>
  );
}
