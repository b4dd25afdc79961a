import { TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { limits } from '../../../contracts/domain/limits.ts';
import type { MadeApiKey } from '../../../contracts/ipc/api-keys.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { Button } from '../../ui/button.tsx';
import { FormFrame, useFieldForm } from '../../ui/form.tsx';
import { Notice } from '../../ui/notice.tsx';
import { nameRule, suggestName } from '../contexts/context-name.ts';
import { contextsQuery, useContexts } from '../contexts/queries.ts';

interface SaveAsContextProps {
  context: ContextSummary;
  made: MadeApiKey;
  onSaved: () => void;
}

/** Keeps a new key in the vault, as a context of its own. */
export function SaveAsContext({ onSaved, ...props }: SaveAsContextProps): ReactNode {
  const [state, setState] = useState<'closed' | 'open' | { savedAs: string }>('closed');
  if (typeof state === 'object') {
    return (
      <Notice tone="good" title={`Saved as the context ${state.savedAs}`}>
        Its key is in your vault. Choose it in the sidebar to act with it.
      </Notice>
    );
  }
  if (state === 'closed') {
    return (
      <div className="kh-row">
        <Button icon={<Plus />} onClick={() => setState('open')}>
          Save as a context of its own…
        </Button>
      </div>
    );
  }
  return (
    <SaveForm
      {...props}
      onSaved={(savedAs) => {
        setState({ savedAs });
        onSaved();
      }}
      onCancel={() => setState('closed')}
    />
  );
}

interface SaveFormProps extends Omit<SaveAsContextProps, 'onSaved'> {
  onSaved: (name: string) => void;
  onCancel: () => void;
}

function SaveForm({ context, made, onSaved, onCancel }: SaveFormProps): ReactNode {
  const client = useQueryClient();
  const { data: contexts = [] } = useContexts();
  const taken = contexts.map(({ name }) => name);
  const form = useFieldForm({
    initialValues: { name: suggestName(made.key.name, context.host, taken) },
    validate: { name: (name) => (name.trim() === '' ? 'Enter a name.' : null) },
    rules: { name: nameRule },
    fieldOf: ({ code }) => (code === 'name_taken' ? 'name' : undefined),
    send: ({ name }) => valueOf(keyhold().apiKeys.saveAsContext({ heldId: made.heldId, name: name.trim() })),
    onDone: async (_context, { name }) => {
      await client.invalidateQueries(contextsQuery);
      onSaved(name.trim());
    },
  });
  return (
    <FormFrame form={form} label="Save as a context" action="Save context" onCancel={onCancel}>
      <TextInput
        label="Context name"
        description="It acts with this key, and only as far as the key reaches."
        maxLength={limits.contextNameMax}
        autoComplete="off"
        spellCheck={false}
        autoFocus
        {...form.fields.getInputProps('name')}
      />
    </FormFrame>
  );
}
