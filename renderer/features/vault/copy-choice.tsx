import { useId, useState, type ReactNode } from 'react';
import { keyhold, valueOf, type Answer } from '../../lib/api.ts';
import { counted, dayText, exactTime } from '../../lib/format.ts';
import { useCall } from '../../lib/use-call.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import css from './rescue.module.css';

interface CopyChoiceProps {
  copies: Answer<'rescue', 'copies'>;
  /** The words of its button. */
  action: string;
}

/** The good copies, the newest chosen, and the button that puts one in the vault's place. */
export function CopyChoice({ copies, action }: CopyChoiceProps): ReactNode {
  const [chosen, setChosen] = useState(copies[0]?.copy ?? '');
  const use = useCall(() => valueOf(keyhold().rescue.useCopy({ copy: chosen })));
  const name = useId();
  return (
    <section className={css['part']}>
      <fieldset className={css['copies']}>
        <legend className={css['title']}>Use a copy</legend>
        <p className={css['text']}>
          It opens with the passphrase of its day. What was done later is not in it.
        </p>
        <div className={css['list']}>
          {copies.map(({ copy, day, upTo, contexts, credentials }) => (
            <label key={copy} className={css['copy']}>
              <input type="radio" name={name} checked={copy === chosen} onChange={() => setChosen(copy)} />
              <span>
                <span className={css['day']}>Copy of {dayText(day)}</span>
                <span className={css['facts']}>
                  {counted(contexts, 'context')}, {counted(credentials, 'credential')}, up to{' '}
                  {exactTime(upTo)}
                </span>
              </span>
            </label>
          ))}
        </div>
      </fieldset>
      {use.error !== null && <ErrorNotice error={use.error} />}
      <div className="kh-end">
        <Button kind="primary" busy={use.busy} onClick={() => use.run()}>
          {action}
        </Button>
      </div>
    </section>
  );
}
