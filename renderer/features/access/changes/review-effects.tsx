import { useMemo, useState, type ReactNode } from 'react';
import type { AccessEffectSummary, PreviewSummary } from '../../../../contracts/ipc/access.ts';
import { counted } from '../../../lib/format.ts';
import { Button } from '../../../ui/button.tsx';
import { PrincipalIcon } from '../../../ui/principal-icon.tsx';
import { SheetHead, SheetPart } from '../../../ui/sheet.tsx';
import css from '../parts/access.module.css';
import type { Sides } from '../model/cell-store.ts';
import { bitsOf } from '../model/levels.ts';
import { cellKey, type PendingChange } from '../model/pending.ts';
import { changeWords, effectWords, refusalWords } from '../model/change-words.ts';

/** Lines of one part before somebody asks for all. */
const linesFirst = 100;

interface ReviewEffectsProps {
  preview: PreviewSummary;
  changes: readonly PendingChange[];
  sides: Sides;
  now: number;
  onLeaveOut: (keys: readonly string[]) => void;
}

/** What is refused, who loses, who gains, and what does nothing. */
export function ReviewEffects({ preview, changes, sides, now, onLeaveOut }: ReviewEffectsProps): ReactNode {
  const { gains, loses, total, refused } = preview;
  const principals = useMemo(() => new Map(sides.principals.map((each) => [each.reference, each])), [sides]);
  const about = ({ principal, repository, shall }: PendingChange) => {
    const { kind = 'other', name = principal } = principals.get(principal) ?? {};
    return { kind, words: changeWords(name, repository, shall, now) } as const;
  };
  const idle = idleOf(preview, changes);
  const refusedChanges = refused.flatMap(({ index, code }) => {
    const change = changes[index];
    return change === undefined ? [] : { change, code };
  });
  return (
    <>
      {refusedChanges.length > 0 && (
        <SheetPart
          title={`Refused: ${counted(refusedChanges.length, 'change')}`}
          aside={
            <Button
              size="small"
              onClick={() => onLeaveOut(refusedChanges.map(({ change }) => keyOf(change)))}
            >
              Leave all out
            </Button>
          }
        >
          <Lines label="Refused" of={refusedChanges} total={refusedChanges.length}>
            {({ change, code }) => (
              <ChangeItem
                key={keyOf(change)}
                tone="refused"
                {...about(change)}
                note={refusalWords(code)}
                onLeaveOut={() => onLeaveOut([keyOf(change)])}
              />
            )}
          </Lines>
        </SheetPart>
      )}
      <Effects kind="loses" effects={loses} total={total.loses} now={now} />
      <Effects kind="gains" effects={gains} total={total.gains} now={now} />
      {idle.length > 0 && (
        <SheetPart title={`Changes nothing that anybody may do: ${counted(idle.length, 'change')}`}>
          <Lines label="Without effect" of={idle} total={idle.length}>
            {(change) => (
              <ChangeItem
                key={keyOf(change)}
                tone="idle"
                {...about(change)}
                note="Only the grant itself, or its end, changes."
                onLeaveOut={() => onLeaveOut([keyOf(change)])}
              />
            )}
          </Lines>
        </SheetPart>
      )}
    </>
  );
}

interface ChangeItemProps {
  tone: 'refused' | 'idle';
  kind: AccessEffectSummary['principal']['kind'] | 'other';
  words: string;
  note: string;
  onLeaveOut: () => void;
}

/** A change that may be better left out. */
function ChangeItem({ tone, kind, words, note, onLeaveOut }: ChangeItemProps): ReactNode {
  return (
    <li className={css['effect']} data-tone={tone}>
      <PrincipalIcon kind={kind} />
      <span className={css['effectWords']}>
        <span>{words}</span>
        <span className={css['note']}>{note}</span>
      </span>
      <Button size="small" aria-label={`Leave out ${words}`} onClick={onLeaveOut}>
        Leave out
      </Button>
    </li>
  );
}

function keyOf({ principal, repository }: PendingChange): string {
  return cellKey(principal, repository);
}

/** Changes of which the preview tells no effect: a group has the effects of its grant, too. Where only some are told, nobody knows. */
function idleOf(
  { gains, loses, total, refused }: PreviewSummary,
  changes: readonly PendingChange[],
): PendingChange[] {
  if (total.gains > gains.length || total.loses > loses.length) return [];
  const effects = [...gains, ...loses];
  const cells = new Set(effects.map(({ principal, repository }) => cellKey(principal.reference, repository)));
  const isRefused = new Set(refused.map(({ index }) => index));
  return changes.filter((change, index) => !isRefused.has(index) && !cells.has(keyOf(change)));
}

interface EffectsProps {
  kind: 'gains' | 'loses';
  effects: readonly AccessEffectSummary[];
  total: number;
  now: number;
  /** 4 below a heading. */
  level?: 3 | 4;
}

/** Who gains, or loses, what: the most first, so that it does not hide among many. */
export function Effects({ kind, effects, total, now, level = 3 }: EffectsProps): ReactNode {
  if (total === 0) return null;
  const inOrder = effects.toSorted((one, other) => bitsOf(other.actions) - bitsOf(one.actions));
  const title = kind === 'gains' ? 'Gain access' : 'Lose access';
  return (
    <SheetPart level={level} title={`${title}: ${total.toLocaleString('en')}`}>
      <Lines label={title} of={inOrder} total={total}>
        {(effect) => (
          <li
            key={cellKey(effect.principal.reference, effect.repository)}
            className={css['effect']}
            data-tone={kind}
          >
            <PrincipalIcon kind={effect.principal.kind} />
            <span className={css['effectWords']}>{effectWords(kind, effect, now)}</span>
          </li>
        )}
      </Lines>
    </SheetPart>
  );
}

interface LinesProps<Line> {
  label: string;
  of: readonly Line[];
  /** How many there are: more than are told, perhaps. */
  total: number;
  children: (line: Line) => ReactNode;
}

/** The first lines of a part, and all that are told once somebody asks for them. */
function Lines<Line>({ label, of, total, children }: LinesProps<Line>): ReactNode {
  const [isWhole, setWhole] = useState(false);
  const shown = isWhole ? of : of.slice(0, linesFirst);
  return (
    <>
      <ul className={css['effects']} aria-label={label}>
        {shown.map(children)}
      </ul>
      {shown.length < total && (
        <SheetHead
          aside={
            shown.length < of.length && (
              <Button size="small" onClick={() => setWhole(true)}>
                {`Show ${of.length.toLocaleString('en')}`}
              </Button>
            )
          }
        >
          <p className="kh-dim">
            {`The first ${shown.length.toLocaleString('en')} of ${total.toLocaleString('en')}.`}
          </p>
        </SheetHead>
      )}
    </>
  );
}
