import { NativeSelect } from '@mantine/core';
import { useState, type ReactNode, type SyntheticEvent } from 'react';
import type { AccessPrincipalSummary } from '../../../../contracts/ipc/access.ts';
import { Sheet } from '../../../ui/dialog.tsx';
import { FormFrame } from '../../../ui/form.tsx';
import { LinesSkeleton } from '../../../ui/lines-skeleton.tsx';
import { Notice } from '../../../ui/notice.tsx';
import { SheetPart } from '../../../ui/sheet.tsx';
import type { Cell, Use } from '../model/cells.ts';
import { chosenEnd, endAsNow, EndField } from '../parts/end-field.tsx';
import { accessWords, levelLabels, levelOf, levels } from '../model/levels.ts';
import type { PendingChange, Terms } from '../model/pending.ts';
import { Why } from './why.tsx';
import { limitWords, termsWords, usedWords } from '../model/change-words.ts';

interface WhySheetProps {
  contextId: string;
  principal: AccessPrincipalSummary;
  repository: string;
  /** As the matrix has it; null while it is not read. */
  cell: Cell | null;
  /** When they used it: null for never, undefined where that is not known. */
  use: Use | null | undefined;
  pending: PendingChange | null;
  onPrepare: (shall: Terms) => void;
  onClose: () => void;
}

/** Why somebody may do what they may on a repository, and the grant to them alone, to be changed. */
export function WhySheet(props: WhySheetProps): ReactNode {
  const { contextId, principal, repository, cell, use, pending, onPrepare, onClose } = props;
  const [now] = useState(Date.now);
  const limit = cell && limitWords(cell, principal);
  return (
    <Sheet opened onClose={onClose} title={`${principal.name} on ${repository}`} size={460}>
      <div className="kh-stack" data-gap="5">
        <SheetPart title="What they may do, and why">
          <Why contextId={contextId} principal={principal.reference} repository={repository} />
          {use !== undefined && (
            <p className="kh-dim">
              {use === null ? 'No use noted yet.' : `Last use: ${usedWords(use, now)}.`}
            </p>
          )}
        </SheetPart>
        <SheetPart title="Grant to them alone">
          {limit !== null && <Notice tone="info" title={limit} />}
          {pending !== null && (
            <Notice tone="warning" title="A change of it is pending">
              {`It shall be ${termsWords(pending.shall, now)}, and was ${termsWords(pending.was, now)}.`}
            </Notice>
          )}
          {cell === null ? (
            <LinesSkeleton lines={2} />
          ) : (
            <GrantForm
              now={now}
              terms={pending?.shall ?? { bits: cell.direct, end: cell.directEnd }}
              onPrepare={onPrepare}
              onClose={onClose}
            />
          )}
        </SheetPart>
      </div>
    </Sheet>
  );
}

interface GrantFormProps {
  terms: Terms;
  now: number;
  onPrepare: (shall: Terms) => void;
  onClose: () => void;
}

const own = 'own';

function GrantForm({ terms, now, onPrepare, onClose }: GrantFormProps): ReactNode {
  const level = levelOf(terms.bits);
  const [chosen, setChosen] = useState(level === null ? own : String(level));
  const [end, setEnd] = useState(() => endAsNow(terms.end, now));
  const [problem, setProblem] = useState<string>();
  const bits = chosen === own ? terms.bits : (levels[Number(chosen)]?.bits ?? 0);
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    const at = bits === 0 ? null : chosenEnd(end, terms.end, now);
    if (at === undefined || (at !== null && Date.parse(at) <= now)) {
      setProblem('Choose a day to come.');
      return;
    }
    onPrepare({ bits, end: at });
    onClose();
  };
  return (
    <FormFrame form={{ busy: false, error: null, submit }} label="Grant" action="Add to pending changes">
      <NativeSelect
        label="Level"
        value={chosen}
        data={[
          ...(level === null ? [{ value: own, label: `${accessWords(terms.bits)}, as now` }] : []),
          ...levelLabels.map((label, value) => ({ value: String(value), label })),
        ]}
        onChange={(event) => setChosen(event.currentTarget.value)}
      />
      {bits !== 0 && (
        <EndField
          value={end}
          kept={terms.end}
          now={now}
          problem={problem}
          onChange={(next) => {
            setProblem(undefined);
            setEnd(next);
          }}
        />
      )}
    </FormFrame>
  );
}
