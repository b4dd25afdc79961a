import { TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { WaitingAccessRequest } from '../../../../contracts/ipc/access-requests.ts';
import { keyhold, valueOf } from '../../../lib/api.ts';
import { FormFrame, useFieldForm } from '../../../ui/form.tsx';
import { SheetPart } from '../../../ui/sheet.tsx';
import { toastDone } from '../../../ui/toast.ts';
import { outdateRequests } from '../model/request-queries.ts';
import { reasonMax } from '../parts/ask-form.tsx';

interface DeclineFormProps {
  contextId: string;
  request: WaitingAccessRequest;
  onBack: () => void;
  onDone: () => void;
}

/** Declines a request, with words to whoever asks. */
export function DeclineForm({ contextId, request, onBack, onDone }: DeclineFormProps): ReactNode {
  const client = useQueryClient();
  const form = useFieldForm({
    initialValues: { reason: '' },
    validate: {
      reason: (reason) => (reason.trim() === '' ? 'Say in a few words why, or what to do instead.' : null),
    },
    rules: { reason: `One line of up to ${reasonMax} characters.` },
    send: ({ reason }) =>
      valueOf(
        keyhold().accessRequests.decline({ contextId, requestId: request.id, reason: reason.trim() }),
      ).finally(() => outdateRequests(client, contextId)),
    onDone: () => {
      toastDone(`The request of ${request.by.name} is declined`);
      onDone();
    },
  });
  return (
    <SheetPart title="Decline">
      <FormFrame form={form} label="Decline" action="Decline" kind="danger" onCancel={onBack}>
        <TextInput
          label="Why"
          description={`${request.by.name} reads this, and it is in the audit log.`}
          maxLength={reasonMax}
          autoFocus
          {...form.fields.getInputProps('reason')}
        />
      </FormFrame>
    </SheetPart>
  );
}
