import { useState, type ReactNode, type SyntheticEvent } from 'react';
import { counted } from '../../../lib/format.ts';
import { Dialog } from '../../../ui/dialog.tsx';
import { FormFrame } from '../../../ui/form.tsx';
import { chosenEnd, EndField, type ChosenEnd } from '../parts/end-field.tsx';

interface EndDialogProps {
  /** How many cells are selected. */
  count: number;
  onChoose: (end: string | null) => void;
  onClose: () => void;
}

/** Says when the grants of a selection end. */
export function EndDialog({ count, onChoose, onClose }: EndDialogProps): ReactNode {
  const [now] = useState(Date.now);
  const [value, setValue] = useState<ChosenEnd>({ end: '30', date: '' });
  const [problem, setProblem] = useState<string>();
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    const end = chosenEnd(value, null, now);
    if (end === undefined || (end !== null && Date.parse(end) <= now)) {
      setProblem('Choose a day to come.');
      return;
    }
    onClose();
    onChoose(end);
  };
  return (
    <Dialog opened onClose={onClose} title="Set the end">
      <FormFrame form={{ busy: false, error: null, submit }} action="Set end" onCancel={onClose}>
        <p className="kh-dim">
          {count === 1
            ? 'Of the grant in the selected cell. Nothing is changed before you apply it.'
            : `Of the grants in the ${counted(count, 'selected cell')}. Cells without a grant of their own stay as they are, and nothing is changed before you apply it.`}
        </p>
        <EndField
          value={value}
          kept={null}
          now={now}
          problem={problem}
          autoFocus
          onChange={(next) => {
            setProblem(undefined);
            setValue(next);
          }}
        />
      </FormFrame>
    </Dialog>
  );
}
