import { TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useNavigate } from 'react-router';
import { readInvitationLink } from '../../../contracts/domain/app-link.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { FormFrame, useFieldForm } from '../../ui/form.tsx';
import { Card, Page } from '../../ui/page.tsx';
import { linkQuery } from './queries.ts';

const rule =
  'That is no invitation link. Copy it as a whole: it begins with https:// or keyhold:// and has a long last part.';

/** Takes the link of an invitation where nothing opened it in Keyhold: pasted from a mail or a chat. */
export function PasteLink(): ReactNode {
  const client = useQueryClient();
  const navigate = useNavigate();
  const form = useFieldForm({
    initialValues: { link: '' },
    validate: { link: (text) => (readInvitationLink(text) === null ? rule : null) },
    rules: { link: rule },
    send: ({ link }) => valueOf(keyhold().links.paste({ link })),
    onDone: () => client.refetchQueries(linkQuery),
  });
  return (
    <Page title="Invitation" lead="Join an organization that you were invited to." width="text">
      <Card>
        <FormFrame form={form} action="Show invitation" onCancel={() => void navigate('/status')}>
          <TextInput
            label="Invitation link"
            description="From the mail, or from whoever invited you. Nothing is sent, and nobody joins, before you say so."
            maxLength={1024}
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            autoFocus
            {...form.fields.getInputProps('link')}
          />
        </FormFrame>
      </Card>
    </Page>
  );
}
