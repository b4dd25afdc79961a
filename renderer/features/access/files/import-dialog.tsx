import { useState, type ReactNode } from 'react';
import type { PreparedChange } from '../../../../contracts/ipc/access.ts';
import { fileProblemsMax, type GrantFileProblem } from '../../../../contracts/ipc/access-files.ts';
import { batchChangesMax } from '../../../../contracts/server-api/access/batches.ts';
import { counted } from '../../../lib/format.ts';
import { Breakable } from '../../../ui/breakable.tsx';
import { Button } from '../../../ui/button.tsx';
import { Checkbox } from '../../../ui/checkbox.tsx';
import { Dialog, DialogBody } from '../../../ui/dialog.tsx';
import { FormFrame } from '../../../ui/form.tsx';
import { Notice } from '../../../ui/notice.tsx';
import css from './files.module.css';
import { problemWords } from './problem-words.ts';

/** What a file says, beside what there is. */
export interface ComparedFile {
  fileName: string;
  grants: number;
  unchanged: number;
  changes: PreparedChange[];
  missing: PreparedChange[];
  problems: { total: number; first: GrantFileProblem[] };
}

interface ImportDialogProps {
  file: ComparedFile;
  onPrepare: (changes: PreparedChange[]) => void;
  onClose: () => void;
}

/** What would become of a file of grants, before anything of it is prepared. */
export function ImportDialog({ file, onPrepare, onClose }: ImportDialogProps): ReactNode {
  const { fileName, grants, unchanged, changes, missing, problems } = file;
  const [takesAway, setTakesAway] = useState(false);
  const prepared = takesAway ? [...changes, ...missing] : changes;
  const facts = (
    <>
      <ul>
        <li>{`${counted(grants, 'grant')} in the file`}</li>
        <li>{`${unchanged.toLocaleString('en')} as they are already`}</li>
        <li>{`${counted(changes.length, 'change')} to what there is`}</li>
      </ul>
      {problems.total > 0 && <Problems {...problems} />}
    </>
  );
  if (changes.length + missing.length === 0)
    return (
      <Dialog opened onClose={onClose} title={`Import ${fileName}`} size={560}>
        <DialogBody
          buttons={
            <Button kind="primary" onClick={onClose}>
              Done
            </Button>
          }
        >
          {facts}
          <p>
            {problems.total === 0
              ? 'All is as the file says: there is nothing to change.'
              : 'Nothing else of the file is other than what there is.'}
          </p>
        </DialogBody>
      </Dialog>
    );
  return (
    <Dialog opened onClose={onClose} title={`Import ${fileName}`} size={560}>
      <FormFrame
        form={{
          ...{ busy: false, error: null },
          submit: (event) => {
            event.preventDefault();
            onClose();
            onPrepare(prepared);
          },
        }}
        action={prepared.length === 0 ? 'Prepare' : `Prepare ${counted(prepared.length, 'change')}`}
        disabled={prepared.length === 0}
        onCancel={onClose}
      >
        {facts}
        {missing.length > 0 && (
          <Checkbox
            label={`Also take away ${counted(missing.length, 'grant')} that the file does not have`}
            hint={
              problems.total === 0
                ? 'Of the repositories that the file names. Others are left alone.'
                : 'An entry that cannot be used may stand for one of these: settle the entries first.'
            }
            checked={takesAway}
            onChange={setTakesAway}
          />
        )}
        {prepared.length > batchChangesMax && (
          <Notice
            tone="info"
            title={`${batchChangesMax.toLocaleString('en')} at most are made at once: this goes in parts`}
          >
            The first become pending. When they are made, import the file again: what is as it says counts no
            more.
          </Notice>
        )}
        <p className="kh-dim">
          Nothing is made yet: the changes go to the matrix, where you review them before they are made.
        </p>
      </FormFrame>
    </Dialog>
  );
}

function Problems({ total, first }: ComparedFile['problems']): ReactNode {
  const shown = first.slice(0, fileProblemsMax);
  return (
    <section className="kh-stack" data-gap="2" aria-label="What cannot be used">
      <Notice
        tone="warning"
        title={`${counted(total, 'entry', 'entries')} of the file cannot be used, and ${total === 1 ? 'is' : 'are'} left out`}
      >
        {shown.length < total && `The first ${shown.length.toLocaleString('en')} are listed.`}
      </Notice>
      <ul className={css['problems']} aria-label="Entries that cannot be used" tabIndex={0}>
        {shown.map((problem, index) => (
          <li key={index}>
            <span className={css['at']}>{`Entry ${problem.at.toLocaleString('en')}`}</span>
            <span className={css['words']}>
              {problemWords(problem)}
              {problem.text !== '' && (
                <code>
                  <Breakable>{problem.text}</Breakable>
                </code>
              )}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
