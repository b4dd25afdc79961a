import { Input, NativeSelect, SegmentedControl, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useId, useState, type ReactNode } from 'react';
import type { MadeApiKey } from '../../../contracts/ipc/api-keys.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { FormFrame, useFieldForm } from '../../ui/form.tsx';
import type { InOrgPlace } from '../orgs/in-org.tsx';
import css from './api-keys.module.css';
import { dateField, endOf, ends, type End } from '../../lib/ends.ts';
import {
  capabilityMeanings,
  capabilityName,
  capabilities,
  keySentence,
  type Capability,
} from './key-words.ts';
import { apiKeysQuery } from './queries.ts';
import { maxTargets, ScopePicker, targetsOf, type Reach } from './scope-picker.tsx';

interface MakeKeyFormProps extends InOrgPlace {
  onMade: (made: MadeApiKey) => void;
  onClose: () => void;
}

interface Values {
  name: string;
  reach: Reach;
  capability: Capability;
  end: End;
  date: string;
}

const empty: Values = {
  name: '',
  reach: { kind: 'org', projects: [], branches: [] },
  capability: 'read',
  end: '90',
  date: '',
};

const day = 86_400_000;

function reachProblem(reach: Reach): string | null {
  if (reach.kind === 'org') return null;
  const { length } = targetsOf(reach);
  if (length === 0) return reach.kind === 'project' ? 'Choose a project.' : 'Choose a branch.';
  if (length <= maxTargets) return null;
  const noun = reach.kind === 'project' ? 'projects' : 'branches';
  return `A key is for ${String(maxTargets)} ${noun} at most, and ${String(length)} are chosen.`;
}

/** What a new key is called, what it reaches, what it may do there, and for how long. */
export function MakeKeyForm({ context, org, onMade, onClose }: MakeKeyFormProps): ReactNode {
  const client = useQueryClient();
  const [now] = useState(Date.now);
  const id = useId();
  const form = useFieldForm<Values, MadeApiKey>({
    initialValues: { ...empty, date: dateField(now + 30 * day) },
    validate: {
      name: (name) => (name.trim() === '' ? 'Enter a name.' : null),
      reach: reachProblem,
      date: (date) => (endOf('date', date, now) === null ? 'Choose a day.' : null),
    },
    rules: { name: 'One line of 64 characters at most.' },
    fieldOf: ({ code }, { end }) => (code === 'expiry_passed' && end === 'date' ? 'date' : undefined),
    send: ({ name, reach, capability, end, date }) => {
      const ids = targetsOf(reach).map((target) => target.id);
      const scope = reach.kind === 'org' ? { kind: reach.kind } : { kind: reach.kind, ids };
      const expiresAt = endOf(end, date, Date.now());
      const terms = { name: name.trim(), scope, capability, expiresAt };
      return valueOf(keyhold().apiKeys.create({ contextId: context.id, ...terms }));
    },
    onDone: async (made) => {
      await client.invalidateQueries(apiKeysQuery(context));
      onMade(made);
    },
  });
  const { values, setFieldValue, errors } = form.fields;
  const { reach, capability, end, date } = values;
  const problem = reachProblem(reach);
  const terms = {
    scope: { kind: reach.kind, targets: [...targetsOf(reach)] },
    capability,
    expiresAt: endOf(end, date, now),
  };
  const isEmpty = reach.kind !== 'org' && terms.scope.targets.length === 0;
  const words = isEmpty ? 'Choose what it is for.' : (problem ?? keySentence(terms, org.slug, now));
  return (
    <FormFrame
      form={form}
      action="Make API key"
      busyAction="Making the key…"
      onCancel={onClose}
      sentence={{ label: 'What the key may do', words }}
    >
      <TextInput
        label="Name"
        description="Says what uses it, such as “Deploy from GitLab”."
        maxLength={64}
        autoComplete="off"
        data-autofocus
        {...form.fields.getInputProps('name')}
      />
      <ScopePicker
        context={context}
        reach={reach}
        problem={errors['reach']}
        onChange={(next) => setFieldValue('reach', next)}
      />
      <div className={css['terms']}>
        <Input.Wrapper
          label="It may"
          labelElement="div"
          labelProps={{ id }}
          role="group"
          aria-labelledby={id}
        >
          <SegmentedControl
            fullWidth
            aria-labelledby={id}
            value={capability}
            data={capabilities.map((value) => ({ value, label: capabilityLabel(value) }))}
            onChange={(value) => setFieldValue('capability', value)}
          />
        </Input.Wrapper>
        <NativeSelect label="It ends" data={[...ends]} {...form.fields.getInputProps('end')} />
        {end === 'date' && (
          <TextInput
            className={css['date'] ?? ''}
            label="Last day"
            type="date"
            min={dateField(now)}
            {...form.fields.getInputProps('date')}
          />
        )}
        <p className={css['hint']}>{capabilityMeanings[capability]}</p>
      </div>
    </FormFrame>
  );
}

function capabilityLabel(capability: Capability): string {
  const name = capabilityName(capability);
  return name.charAt(0).toUpperCase() + name.slice(1);
}
