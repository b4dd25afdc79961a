import { useId, useState, type ReactNode, type SyntheticEvent } from 'react';
import { keyhold, valueOf } from '../../lib/api.ts';
import { useCall } from '../../lib/use-call.ts';
import { Button } from '../../ui/button.tsx';
import fieldCss from '../../ui/field.module.css';
import { ErrorNotice } from '../../ui/notice.tsx';
import { CopyChoice } from './copy-choice.tsx';
import css from './rescue.module.css';
import { useCopies } from './use-copies.ts';

/** What has to be typed before a damaged vault is set aside for an empty one. */
const word = 'start anew';

/** What can be done about a damaged vault: a copy in its place, or an empty one. */
export function RescuePanel(): ReactNode {
  const { copies, error } = useCopies();
  return (
    <>
      {error !== null && <ErrorNotice error={error} />}
      {copies !== null && copies.length > 0 && (
        <CopyChoice copies={copies} action="Set aside and use this copy" />
      )}
      {copies?.length === 0 && (
        <p className={css['none']}>There is no copy on this computer that passes the checks.</p>
      )}
      <StartAnew />
    </>
  );
}

function StartAnew(): ReactNode {
  const [typed, setTyped] = useState('');
  const aside = useCall(() => valueOf(keyhold().rescue.setAside()));
  const id = useId();
  const confirmed = typed.trim().toLowerCase() === word;
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (confirmed) aside.run();
  };
  return (
    <form className={css['part']} onSubmit={submit}>
      <div>
        <h2 className={css['title']}>Start anew</h2>
        <p className={css['text']}>
          The damaged file is set aside, and you make an empty vault. If you have a backup file, restore it
          there. Keys that are in no backup are lost: revoke them on the dashboard of each service.
        </p>
      </div>
      <div className={fieldCss['field']}>
        <label className={fieldCss['label']} htmlFor={id}>
          Type {word} to confirm
        </label>
        <div className={fieldCss['box']}>
          <input
            id={id}
            className={fieldCss['input']}
            value={typed}
            maxLength={word.length + 10}
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
        </div>
      </div>
      {aside.error !== null && <ErrorNotice error={aside.error} />}
      <div className="kh-end">
        <Button type="submit" kind="danger" busy={aside.busy} disabled={!confirmed}>
          Set aside and start anew
        </Button>
      </div>
    </form>
  );
}
