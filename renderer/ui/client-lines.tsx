import { SegmentedControl } from '@mantine/core';
import { useId, useState, type ReactNode } from 'react';
import {
  clientLine,
  fieldForms,
  type ClientForm,
  type SecretField,
} from '../../contracts/domain/client-line.ts';
import css from './client-lines.module.css';
import { CopyButton } from './copy-button.tsx';
import { TextBlock } from './sheet.tsx';

interface ClientLinesProps {
  /** Serialized origin of the service. */
  origin: string;
  /** What stands for the secret in what is only looked at: `nsk_Ab3d…`. */
  placeholder: string;
  /** Has main copy the text with the secret in it. */
  copy: (form: ClientForm) => Promise<{ clearsAt: string }>;
  /** How the service takes it, where that is a field of its own. */
  field?: SecretField;
}

const forms = [
  { value: 'curl', label: 'curl' },
  { value: 'httpie', label: 'HTTPie' },
  { value: 'fetch', label: 'fetch' },
  { value: 'netrc', label: '.netrc' },
  { value: 'env', label: '.env' },
  { value: 'header', label: 'Header' },
] as const satisfies readonly { value: ClientForm; label: string }[];
const ofField: readonly ClientForm[] = fieldForms;
type Shown = (typeof forms)[number]['value'];

const actions: Readonly<Record<Exclude<Shown, 'header'>, string>> = {
  curl: 'Copy curl command',
  httpie: 'Copy HTTPie command',
  fetch: 'Copy fetch call',
  netrc: 'Copy .netrc line',
  env: 'Copy .env line',
};

/** How other programs use a secret, ready to copy. What is shown has a placeholder; what is copied has the secret. */
export function ClientLines({ origin, placeholder, copy, field }: ClientLinesProps): ReactNode {
  const id = useId();
  const [form, setForm] = useState<Shown>('curl');
  const { name } = field ?? { name: 'Authorization' };
  return (
    <div className={css['lines']} role="group" aria-labelledby={id}>
      <p id={id} className={css['label']}>
        Use it from
      </p>
      <SegmentedControl
        aria-labelledby={id}
        size="xs"
        value={form}
        data={field === undefined ? [...forms] : forms.filter(({ value }) => ofField.includes(value))}
        onChange={(value) => setForm(value)}
      />
      <TextBlock label="What is copied, without the secret">
        {clientLine(form, origin, placeholder, field).trimEnd()}
      </TextBlock>
      <div className="kh-row">
        <CopyButton
          key={form}
          label={form === 'header' ? `Copy ${name} header` : actions[form]}
          copy={() => copy(form)}
        />
      </div>
    </div>
  );
}
