import { ClipboardPaste } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from '../../../ui/button.tsx';
import { Checkbox } from '../../../ui/checkbox.tsx';
import type { Subject } from './subjects.ts';
import css from './simulator.module.css';

interface SubjectListProps {
  subjects: readonly Subject[];
  chosen: ReadonlySet<string>;
  onChoose: (chosen: ReadonlySet<string>) => void;
  onPaste: () => void;
  hasPasted: boolean;
}

/** Who is asked about: one, or several whose rules count together. */
export function SubjectList({ subjects, chosen, onChoose, onPaste, hasPasted }: SubjectListProps): ReactNode {
  return (
    <fieldset className={css['subjects']}>
      <legend className={css['legend']}>Who asks</legend>
      <div className={css['subjectList']}>
        {subjects.map(({ id, name, note }) => (
          <Checkbox
            key={id}
            label={name}
            hint={note}
            checked={chosen.has(id)}
            onChange={() => {
              const next = new Set(chosen);
              if (!next.delete(id)) next.add(id);
              onChoose(next);
            }}
          />
        ))}
      </div>
      <Button size="small" icon={<ClipboardPaste size={16} />} onClick={onPaste}>
        {hasPasted ? 'Paste another token…' : 'Paste a token…'}
      </Button>
      {chosen.size > 1 && <p className={css['together']}>Together: a deny of any of them counts.</p>}
    </fieldset>
  );
}
