import { Textarea } from '@mantine/core';
import type { ReactNode } from 'react';
import { remoteFileMax, remoteTextMax } from '../../../contracts/domain/remote-key.ts';
import css from './remote-keys.module.css';
import { SwitchLine } from './switch-line.tsx';

/** What a form has to know of its content. What was typed stays, for whoever comes back to it. */
export interface ContentValues {
  from: 'text' | 'file';
  text: string;
}

export const emptyContent: ContentValues = { from: 'text', text: '' };

/** What is sent: main lets the person choose the file. */
export function contentOf({ from, text }: ContentValues): { from: 'text'; text: string } | { from: 'file' } {
  return from === 'file' ? { from } : { from, text };
}

interface ContentFieldProps extends ContentValues {
  /** What becomes of it: “signed”. */
  done: string;
  onFrom: (from: ContentValues['from']) => void;
  /** `getInputProps` of the text. */
  inputProps: object;
}

/** A text that is typed here, or a file that is chosen once the form is sent. */
export function ContentField({ from, done, onFrom, inputProps }: ContentFieldProps): ReactNode {
  return (
    <div className="kh-stack" data-gap="2">
      <SwitchLine
        label={`What is ${done}`}
        value={from}
        options={[
          { value: 'text', label: 'Text' },
          { value: 'file', label: 'File' },
        ]}
        onChange={onFrom}
      />
      {from === 'text' ? (
        <Textarea
          {...inputProps}
          aria-label={`Text that is ${done}`}
          rows={4}
          maxLength={remoteTextMax}
          autoComplete="off"
          spellCheck={false}
          autoFocus
          data-autofocus
        />
      ) : (
        <p className={css['fileNote']}>
          You choose it next, of {String(remoteFileMax / 1024 / 1024)} MiB at most. All of it is sent to the
          service.
        </p>
      )}
    </div>
  );
}
