import { TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode, type SyntheticEvent } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { limits } from '../../../contracts/domain/limits.ts';
import { keyhold, valueOf, type CallError } from '../../lib/api.ts';
import { errorText } from '../../lib/error-text.ts';
import { Button } from '../../ui/button.tsx';
import { Sheet } from '../../ui/dialog.tsx';
import { FactList } from '../../ui/fact-list.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
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

/** Where a refusal belongs, with its words; null when it is about the whole. */
function fieldProblem(error: CallError | null): { field: 'name' | 'label'; words: string } | null {
  if (error?.code === 'name_taken') {
    const { title, advice } = errorText(error.code);
    return { field: 'name', words: `${title}. ${advice}` };
  }
  const field = error?.code === 'invalid_request' ? error.details.field : undefined;
  return field === 'name' || field === 'label' ? { field, words: nameRule } : null;
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
  const [name, setName] = useState(context.name);
  const [label, setLabel] = useState(context.label ?? '');
  const [colour, setColour] = useState(context.colour);
  const [empty, setEmpty] = useState(false);
  const look = { name: name.trim(), label: label.trim() === '' ? null : label.trim(), colour };
  const save = useMutation({
    mutationFn: () => valueOf(keyhold().contexts.edit({ contextId: context.id, ...look })),
    onSuccess: async ({ name: saved }) => {
      await client.invalidateQueries(contextsQuery);
      onDone();
      toastDone(`Saved “${saved}”`);
    },
  });
  const problem = fieldProblem(save.error);
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    setEmpty(look.name === '');
    if (look.name !== '' && !save.isPending) save.mutate();
  };
  const nameError = empty ? 'Enter a name for the context.' : problem?.field === 'name' && problem.words;
  return (
    <form className={css['form']} onSubmit={submit} noValidate>
      <div className={css['preview']} aria-hidden="true">
        <ContextTile context={{ ...context, ...look }} />
        <span className={css['previewName']}>{look.name}</span>
        <ContextLabel context={look} />
      </div>
      <TextInput
        label="Name"
        value={name}
        error={nameError}
        maxLength={limits.contextNameMax}
        autoComplete="off"
        spellCheck={false}
        data-autofocus
        onChange={(event) => {
          setName(event.currentTarget.value);
        }}
      />
      <TextInput
        label="Label"
        description="A short word on its badge, such as prod. Leave it empty for none."
        value={label}
        error={problem?.field === 'label' && problem.words}
        maxLength={limits.contextLabelMax}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => {
          setLabel(event.currentTarget.value);
        }}
      />
      <ColourPicker value={colour} onChange={setColour} />
      {save.isError && problem === null && <ErrorNotice error={save.error} />}
      <div className={css['foot']}>
        <Button onClick={onDone}>Cancel</Button>
        <Button type="submit" kind="primary" busy={save.isPending}>
          Save
        </Button>
      </div>
      <div className={css['fixed']}>
        <FactList
          facts={[
            { name: 'Service', value: context.serviceName },
            { name: 'Address', value: <code>{context.origin}</code> },
            { name: 'User id', value: <code>{context.userId}</code> },
          ]}
        />
        <p className="kh-dim">
          Name, label and colour are kept on this computer. Service and user stay as they are: add another
          context for another account.
        </p>
      </div>
    </form>
  );
}
