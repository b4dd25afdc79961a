import { SegmentedControl, TextInput } from '@mantine/core';
import { useId, useState, type ReactNode, type SyntheticEvent } from 'react';
import { limits } from '../../../contracts/domain/limits.ts';
import type { CallError } from '../../lib/api.ts';
import { errorText } from '../../lib/error-text.ts';
import { durationWords, ttlText } from '../../lib/format.ts';
import { Button } from '../../ui/button.tsx';
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
  /** The longest life that the service accepts. */
  maxSeconds: number;
  busy: boolean;
  error: CallError | null;
  onMint: (ttl: string) => void;
}

/** Chooses a token's life and mints it. */
export function MintForm({ maxSeconds, busy, error, onMint }: MintFormProps): ReactNode {
  const offered = presets.filter(({ seconds }) => seconds <= maxSeconds);
  const [choice, setChoice] = useState<string>(
    offered.find(({ ttl }) => ttl === '1h')?.ttl ?? offered[0]?.ttl ?? other,
  );
  const [typed, setTyped] = useState(ttlText(Math.min(1800, maxSeconds)));
  const labelId = useId();
  const wrongTtl = error?.code === 'invalid_ttl' ? errorText(error.code, error.details) : null;

  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (!busy) onMint(choice === other ? typed.trim() : choice);
  };
  return (
    <Card>
      <form className={css['form']} onSubmit={submit} noValidate>
        <div className={css['choice']}>
          <p id={labelId} className={css['label']}>
            Valid for
          </p>
          <SegmentedControl
            aria-labelledby={labelId}
            value={choice}
            onChange={setChoice}
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
                wrongTtl === null &&
                `Hours, minutes and seconds, such as 90m or 1h30m. At most ${durationWords(maxSeconds)} here.`
              }
              value={typed}
              error={wrongTtl && `${wrongTtl.title}. ${wrongTtl.advice}`}
              maxLength={limits.ttlTextMax}
              autoComplete="off"
              spellCheck={false}
              autoFocus
              onChange={(event) => {
                setTyped(event.currentTarget.value);
              }}
            />
          )}
        </div>
        <Button type="submit" kind="primary" size="large" busy={busy}>
          Mint token
        </Button>
      </form>
      {error !== null && (wrongTtl === null || choice !== other) && (
        <div className={css['problem']}>
          <ErrorNotice error={error} />
        </div>
      )}
    </Card>
  );
}
