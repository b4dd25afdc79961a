import { SegmentedControl, TextInput, type TextInputProps } from '@mantine/core';
import { useId, type ReactNode } from 'react';
import { limits } from '../../../contracts/domain/limits.ts';
import { keyhold, valueOf, type Answer } from '../../lib/api.ts';
import { durationWords, ttlText } from '../../lib/format.ts';
import { Button } from '../../ui/button.tsx';
import { useFieldForm } from '../../ui/form.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { Card } from '../../ui/page.tsx';
import css from './tokens.module.css';

const presets = [
  { ttl: '15m', seconds: 15 * 60, label: '15 min' },
  { ttl: '1h', seconds: 3600, label: '1 hour' },
  { ttl: '8h', seconds: 8 * 3600, label: '8 hours' },
  { ttl: '24h', seconds: 24 * 3600, label: '24 hours' },
] as const;

const other = 'other';

interface MintFormProps {
  contextId: string;
  /** Longest life of a token. */
  maxSeconds: number;
  onMinted: (token: Answer<'tokens', 'mint'>) => unknown;
}

/** Chooses a token's life and mints it. */
export function MintForm({ contextId, maxSeconds, onMinted }: MintFormProps): ReactNode {
  const offered = presets.filter(({ seconds }) => seconds <= maxSeconds);
  const first: string = offered.find(({ ttl }) => ttl === '1h')?.ttl ?? offered[0]?.ttl ?? other;
  const labelId = useId();
  const { fields, busy, error, submit } = useFieldForm({
    initialValues: { choice: first, typed: ttlText(Math.min(1800, maxSeconds)) },
    fieldOf: ({ code }, { choice }) => (code === 'invalid_ttl' && choice === other ? 'typed' : undefined),
    send: ({ choice, typed }) => {
      const ttl = choice === other ? typed.trim() : choice;
      return valueOf(keyhold().tokens.mint({ contextId, ttl }));
    },
    onDone: onMinted,
  });
  const { choice } = fields.values;
  const typed = fields.getInputProps('typed') as Pick<TextInputProps, 'value' | 'onChange' | 'error'>;
  return (
    <Card>
      <form className={css['form']} onSubmit={submit} noValidate>
        <div className={css['choice']}>
          <p id={labelId} className={css['label']}>
            Valid for
          </p>
          <SegmentedControl
            aria-labelledby={labelId}
            {...fields.getInputProps('choice')}
            data={[
              ...offered.map(({ ttl, label }) => ({ value: ttl, label })),
              { value: other, label: 'Other' },
            ]}
          />
          {choice === other && (
            <TextInput
              className={css['typed']}
              label="Other life"
              description={
                typed.error === undefined &&
                `Hours, minutes and seconds, such as 90m or 1h30m. At most ${durationWords(maxSeconds)} here.`
              }
              maxLength={limits.ttlTextMax}
              autoComplete="off"
              spellCheck={false}
              autoFocus
              {...typed}
            />
          )}
        </div>
        <Button type="submit" kind="primary" size="large" busy={busy}>
          Mint token
        </Button>
      </form>
      {error !== null && (
        <div className={css['problem']}>
          <ErrorNotice error={error} />
        </div>
      )}
    </Card>
  );
}
