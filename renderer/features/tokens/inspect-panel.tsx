import { Textarea } from '@mantine/core';
import { useRef, useState, type ReactNode, type SyntheticEvent } from 'react';
import type { Inspection } from '../../../contracts/domain/inspection.ts';
import { limits } from '../../../contracts/domain/limits.ts';
import { asCallError, keyhold, valueOf, type CallError } from '../../lib/api.ts';
import { Button } from '../../ui/button.tsx';
import { settleDraft } from '../../ui/drafts.ts';
import { ErrorNotice, Notice } from '../../ui/notice.tsx';
import { Card } from '../../ui/page.tsx';
import { InspectionView } from './inspection-view.tsx';
import css from './tokens.module.css';

type Outcome = { inspection: Inspection } | { error: CallError } | { tooLong: number };

/**
 * Takes a pasted token apart. The text stays in its field alone: not in the cache of calls, and not in this
 * window once the page is left or the field is cleared.
 */
export function InspectPanel(): ReactNode {
  const field = useRef<HTMLTextAreaElement>(null);
  const [busy, setBusy] = useState(false);
  const [outcome, setOutcome] = useState<Outcome | null>(null);

  const inspect = async (token: string): Promise<void> => {
    setBusy(true);
    try {
      setOutcome({ inspection: await valueOf(keyhold().tokens.inspect({ token })) });
    } catch (error) {
      setOutcome({ error: asCallError(error) });
    } finally {
      setBusy(false);
    }
  };
  const submit = (event: SyntheticEvent<HTMLFormElement>): void => {
    event.preventDefault();
    settleDraft(event.currentTarget);
    const token = field.current?.value ?? '';
    if (token.trim() === '') field.current?.focus();
    else if (token.length > limits.inspectMax) setOutcome({ tooLong: token.length });
    else if (!busy) void inspect(token);
  };
  const clear = (): void => {
    if (field.current !== null) field.current.value = '';
    setOutcome(null);
    field.current?.focus();
  };
  return (
    <div className="kh-stack" data-gap="5">
      <Card>
        <form className="kh-stack" onSubmit={submit} noValidate>
          <Textarea
            ref={field}
            label="Token"
            description="A JWT from any service, or an Authorization header with one. It is taken apart on this computer and not kept."
            placeholder="eyJhbGciOi…"
            rows={5}
            classNames={{ input: css['pasted'] ?? '' }}
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
          />
          <div className="kh-row">
            <Button type="submit" kind="primary" busy={busy}>
              Inspect token
            </Button>
            <Button onClick={clear}>Clear</Button>
          </div>
        </form>
      </Card>
      {outcome !== null && 'error' in outcome && <ErrorNotice error={outcome.error} />}
      {outcome !== null && 'tooLong' in outcome && (
        <Notice tone="error" title="That is too long for a token">
          It has {outcome.tooLong.toLocaleString('en-GB')} characters; Keyhold and the services read at most{' '}
          {limits.inspectMax.toLocaleString('en-GB')}. Copy the token alone.
        </Notice>
      )}
      {outcome !== null && 'inspection' in outcome && <InspectionView inspection={outcome.inspection} />}
    </div>
  );
}
