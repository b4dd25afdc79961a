import { TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { limits } from '../../../contracts/domain/limits.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { Code } from '../../ui/code.tsx';
import { Sheet } from '../../ui/dialog.tsx';
import { FactList } from '../../ui/fact-list.tsx';
import { FormFrame, useFieldForm } from '../../ui/form.tsx';
import { toastDone } from '../../ui/toast.ts';
import { ColourPicker } from './colour-picker.tsx';
import { nameRule } from './context-name.ts';
import css from './context-sheet.module.css';
import { ContextLabel, ContextTile } from './context-tile.tsx';
import { contextsQuery } from './queries.ts';

interface ContextSheetProps {
  context: ContextSummary;
  opened: boolean;
  onClose: () => void;
}

/** Changes what a context is called here, its label and its colour. */
export function ContextSheet({ context, opened, onClose }: ContextSheetProps): ReactNode {
  return (
    <Sheet opened={opened} onClose={onClose} title="Edit context">
      <EditForm key={context.id} context={context} onDone={onClose} />
    </Sheet>
  );
}

function EditForm({ context, onDone }: { context: ContextSummary; onDone: () => void }): ReactNode {
  const client = useQueryClient();
  const form = useFieldForm({
    initialValues: { name: context.name, label: context.label ?? '', colour: context.colour },
    validate: { name: (text) => (text.trim() === '' ? 'Enter a name for the context.' : null) },
    rules: { name: nameRule, label: nameRule },
    fieldOf: ({ code }) => (code === 'name_taken' ? 'name' : undefined),
    send: (values) => valueOf(keyhold().contexts.edit({ contextId: context.id, ...lookOf(values) })),
    onDone: async ({ name: saved }) => {
      await client.invalidateQueries(contextsQuery);
      onDone();
      toastDone(`Saved “${saved}”`);
    },
  });
  const look = lookOf(form.fields.values);
  return (
    <FormFrame
      form={form}
      action="Save"
      onCancel={onDone}
      below={
        <div className={css['fixed']}>
          <FactList
            facts={[
              { name: 'Service', value: context.serviceName },
              {
                name: 'Address',
                value: <Code>{context.origin}</Code>,
              },
              {
                name: 'User id',
                value: <Code>{context.userId}</Code>,
              },
            ]}
          />
          <p className="kh-dim">
            Name, label and colour are kept on this computer. Service and user stay as they are: add another
            context for another account.
          </p>
        </div>
      }
    >
      <div className={css['preview']} aria-hidden="true">
        <ContextTile context={{ ...context, ...look }} />
        <span className={css['previewName']}>{look.name}</span>
        <ContextLabel context={look} />
      </div>
      <TextInput
        {...form.fields.getInputProps('name')}
        label="Name"
        maxLength={limits.contextNameMax}
        autoComplete="off"
        spellCheck={false}
        data-autofocus
      />
      <TextInput
        {...form.fields.getInputProps('label')}
        label="Label"
        description="A short word on its badge, such as prod. Leave it empty for none."
        maxLength={limits.contextLabelMax}
        autoComplete="off"
        spellCheck={false}
      />
      <ColourPicker value={look.colour} onChange={(colour) => form.fields.setFieldValue('colour', colour)} />
    </FormFrame>
  );
}

type Look = Pick<ContextSummary, 'name' | 'label' | 'colour'>;

/** What is kept of the fields. */
function lookOf({ name, label, colour }: Pick<Look, 'name' | 'colour'> & { label: string }): Look {
  return { name: name.trim(), label: label.trim() === '' ? null : label.trim(), colour };
}
