import { NativeSelect, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { remoteKeyAlgorithms, type RemoteKeyAlgorithm } from '../../../contracts/domain/remote-key.ts';
import { keyIdMax, keyIdPattern } from '../../../contracts/permissions/operations.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { FormFrame, useFieldForm } from '../../ui/form.tsx';
import { toastDone } from '../../ui/toast.ts';
import { EndFields, endsOf, firstEnds, type EndValues } from './end-fields.tsx';
import { algorithmName } from './key-words.ts';
import { keeperKey } from './queries.ts';

interface NewKeyDialogProps {
  context: ContextSummary;
  /** Algorithms of the service, as far as it told. */
  offered: readonly string[];
  /** Ids of the keys that are there, as far as they are known. */
  taken: readonly string[];
  onMade: (keyId: string) => void;
  onClose: () => void;
}

interface Values extends EndValues {
  keyId: string;
  algorithm: RemoteKeyAlgorithm;
  owner: string;
}

const idRule =
  'Lower-case letters and digits with hyphens between them, and one colon at most: custody:btc-prod.';

/** What is wrong with an id, in words; null for nothing. */
function idProblem(text: string, taken: readonly string[]): string | null {
  const keyId = text.trim();
  if (keyId === '') return 'Enter an id for the key.';
  if (!keyIdPattern.test(keyId)) return idRule;
  return taken.includes(keyId) ? 'There is a key of that id.' : null;
}

/** The key as it is asked for. */
function keyOf({ keyId, algorithm, owner, ...times }: Values) {
  return {
    ...{ keyId: keyId.trim(), algorithm, owner: owner.trim() === '' ? null : owner.trim() },
    ...endsOf(times),
  };
}

/** Has the service make a key, and goes on to it. */
export function NewKeyDialog({ context, offered, taken, onMade, onClose }: NewKeyDialogProps): ReactNode {
  const client = useQueryClient();
  const [now] = useState(Date.now);
  // Those of a later version need a later Keyhold.
  const known = remoteKeyAlgorithms.filter((each) => offered.length === 0 || offered.includes(each));
  const algorithms: readonly RemoteKeyAlgorithm[] = known.length === 0 ? remoteKeyAlgorithms : known;
  const form = useFieldForm<Values, string>({
    initialValues: {
      ...{ keyId: '', algorithm: algorithms[0] ?? 'ED25519', owner: '' },
      ...firstEnds(now),
    },
    validate: { keyId: (text) => idProblem(text, taken) },
    rules: { keyId: idRule, owner: 'Lower-case letters and digits, with one of - _ : / between them.' },
    fieldOf: ({ code }) => {
      if (code === 'remote_key_exists') return 'keyId';
      return code === 'invalid_end' ? 'process' : undefined;
    },
    send: async (values) => {
      await valueOf(keyhold().remoteKeys.create({ contextId: context.id, ...keyOf(values) }));
      return values.keyId.trim();
    },
    onDone: async (keyId) => {
      await client.invalidateQueries({ queryKey: keeperKey(context.id) });
      toastDone(`Made ${keyId}`);
      onMade(keyId);
    },
  });
  const { values, getInputProps } = form.fields;
  const typed = values.keyId.trim();
  return (
    <Dialog opened onClose={onClose} title="New key at the service" size={520}>
      <FormFrame form={form} action="Make key" busyAction="Making the key…" onCancel={onClose}>
        <p>{context.serviceName} makes the key and keeps it: it is used there, and nobody can take it out.</p>
        <TextInput
          {...getInputProps('keyId')}
          label="Id"
          description="Rules name it. It cannot be changed."
          error={typed === '' ? (getInputProps('keyId').error as ReactNode) : idProblem(typed, taken)}
          maxLength={keyIdMax}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          data-autofocus
        />
        <div className="kh-pair">
          <NativeSelect
            label="Algorithm"
            data={algorithms.map((value) => ({ value, label: algorithmName(value) }))}
            {...getInputProps('algorithm')}
          />
          <TextInput
            label="Owner"
            description="Who answers for it, or empty."
            maxLength={255}
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            {...getInputProps('owner')}
          />
        </div>
        <EndFields values={values} inputProps={(field) => getInputProps(field)} now={now} />
      </FormFrame>
    </Dialog>
  );
}
