import { TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { keyhold, valueOf } from '../../lib/api.ts';
import { FormFrame, useFieldForm } from '../../ui/form.tsx';
import { Card } from '../../ui/page.tsx';
import { toastDone } from '../../ui/toast.ts';
import type { InOrgPlace } from '../orgs/in-org.tsx';
import { keysOfList, orgKey } from '../orgs/queries.ts';
import { whyNot } from '../orgs/rights.ts';

/** Changes the organization's name. */
export function RenamePart({ context, acting, org }: InOrgPlace): ReactNode {
  const client = useQueryClient();
  const form = useFieldForm({
    initialValues: { name: org.name },
    validate: { name: (name) => (name.trim() === '' ? 'Enter a name.' : null) },
    rules: { name: 'One line of 64 characters at most.' },
    send: ({ name }) =>
      valueOf(keyhold().orgs.rename({ contextId: context.id, org: org.slug, name: name.trim() })),
    onDone: async (_done, { name }) => {
      toastDone(`It is called ${name.trim()} now`);
      await Promise.all(
        keysOfList.organization.map((list) => client.invalidateQueries({ queryKey: orgKey(list, context) })),
      );
    },
  });
  const why = whyNot(acting, 'organization:rename');
  if (why !== null) return <p className="kh-dim">{why}</p>;
  return (
    <Card>
      <FormFrame
        form={form}
        label="Rename organization"
        action="Rename"
        disabled={form.fields.values.name.trim() === org.name}
      >
        <TextInput
          label="Name of the organization"
          description={`Its short name, ${org.slug}, stays: addresses hang on it.`}
          maxLength={64}
          autoComplete="off"
          {...form.fields.getInputProps('name')}
        />
      </FormFrame>
    </Card>
  );
}
