import type { ReactNode } from 'react';
import type { SetUpPreview } from '../../../contracts/ipc/registries.ts';
import css from './registries.module.css';

const glyphs = { same: ' ', add: '+', remove: '−' } as const;
const words = { same: '', add: 'added: ', remove: 'removed: ' } as const;

/** The change to a file, line by line. */
export function Diff({ lines }: { lines: SetUpPreview['lines'] }): ReactNode {
  return (
    <div className={css['diff']} role="region" aria-label="Change to the file" tabIndex={0}>
      {lines.map((line, index) => (
        <div key={index} className={css['line']} data-kind={line.kind}>
          <span className={css['glyph']} aria-hidden="true">
            {glyphs[line.kind]}
          </span>
          <span className="kh-hidden">{words[line.kind]}</span>
          <span>{line.text}</span>
        </div>
      ))}
    </div>
  );
}
