import { useEffect, useId, useState, type ReactNode, type SyntheticEvent } from 'react';
import { asCallError, keyhold, valueOf, type Answer, type CallError } from '../../lib/api.ts';
import { counted, dayText, exactTime } from '../../lib/format.ts';
import { Button } from '../../ui/button.tsx';
import fieldCss from '../../ui/field.module.css';
import { ErrorNotice } from '../../ui/notice.tsx';
import css from './rescue.module.css';

type Copies = Answer<'rescue', 'copies'>;

/** What has to be typed before a damaged vault is set aside for an empty one. */
const word = 'start anew';

interface Deed {
  busy: boolean;
  error: CallError | null;
  run: () => void;
}

/** One call at a time; what is shown next follows from main's word that the vault has changed. */
function useDeed(call: () => Promise<unknown>): Deed {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<CallError | null>(null);
  const act = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await call();
    } catch (thrown) {
      setError(asCallError(thrown));
    } finally {
      setBusy(false);
    }
  };
  return {
    busy,
    error,
    run: () => {
      void act();
    },
  };
}

/** The copies that pass the checks; null until they were looked at. */
export function useCopies(): { copies: Copies | null; error: CallError | null } {
  const [copies, setCopies] = useState<Copies | null>(null);
  const [error, setError] = useState<CallError | null>(null);
  useEffect(() => {
    valueOf(keyhold().rescue.copies()).then(setCopies, (thrown: unknown) => {
      setError(asCallError(thrown));
    });
  }, []);
  return { copies, error };
}

/** What can be done about a damaged vault: a copy in its place, or an empty one. */
export function RescuePanel(): ReactNode {
  const { copies, error } = useCopies();
  return (
    <>
      {error !== null && <ErrorNotice error={error} />}
      {copies !== null && copies.length > 0 && <CopyChoice copies={copies} action="Set aside and use this copy" />}
      {copies?.length === 0 && (
        <p className={css['none']}>There is no copy on this computer that passes the checks.</p>
      )}
      <StartAnew />
    </>
  );
}

interface CopyChoiceProps {
  copies: Copies;
  /** The deed, as the button names it. */
  action: string;
}

/** The good copies, the newest chosen, and the button that puts one in the vault's place. */
export function CopyChoice({ copies, action }: CopyChoiceProps): ReactNode {
  const [chosen, setChosen] = useState(copies[0]?.copy ?? '');
  const use = useDeed(() => valueOf(keyhold().rescue.useCopy({ copy: chosen })));
  const name = useId();
  return (
    <section className={css['part']}>
      <fieldset className={css['copies']}>
        <legend className={css['title']}>Use a copy</legend>
        <p className={css['text']}>
          It opens with the passphrase of its day. What was done later is not in it.
        </p>
        {copies.map(({ copy, day, upTo, contexts, keys }) => (
          <label key={copy} className={css['copy']}>
            <input
              type="radio"
              name={name}
              checked={copy === chosen}
              onChange={() => {
                setChosen(copy);
              }}
            />
            <span>
              <span className={css['day']}>Copy of {dayText(day)}</span>
              <span className={css['facts']}>
                {counted(contexts, 'context')}, {counted(keys, 'key')}, up to {exactTime(upTo)}
              </span>
            </span>
          </label>
        ))}
      </fieldset>
      {use.error !== null && <ErrorNotice error={use.error} />}
      <div className={css['foot']}>
        <Button kind="primary" busy={use.busy} onClick={use.run}>
          {action}
        </Button>
      </div>
    </section>
  );
}

function StartAnew(): ReactNode {
  const [typed, setTyped] = useState('');
  const aside = useDeed(() => valueOf(keyhold().rescue.setAside()));
  const id = useId();
  const confirmed = typed.trim().toLowerCase() === word;
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (confirmed && !aside.busy) aside.run();
  };
  return (
    <form className={css['part']} onSubmit={submit}>
      <h2 className={css['title']}>Start anew</h2>
      <p className={css['text']}>
        The damaged file is set aside, and you make an empty vault. If you have a backup file, restore it there. Keys
        that are in no backup are lost: revoke them on the dashboard of each service.
      </p>
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
            onChange={(event) => {
              setTyped(event.currentTarget.value);
            }}
          />
        </div>
      </div>
      {aside.error !== null && <ErrorNotice error={aside.error} />}
      <div className={css['foot']}>
        <Button type="submit" kind="danger" busy={aside.busy} disabled={!confirmed}>
          Set aside and start anew
        </Button>
      </div>
    </form>
  );
}
