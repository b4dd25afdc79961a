import { useMemo, type ReactNode } from 'react';
import type { AccessEffectSummary, PreviewSummary } from '../../../../contracts/ipc/access.ts';
import { counted } from '../../../lib/format.ts';
import { Button } from '../../../ui/button.tsx';
import { SheetPart } from '../../../ui/sheet.tsx';
import css from '../parts/access.module.css';
import type { Sides } from '../model/cell-store.ts';
import { cellKey, type PendingChange } from '../model/pending.ts';
import { changeWords, effectWords, refusalWords } from '../model/change-words.ts';

/** Lines of one part at most. */
const linesMax = 100;

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
  const names = useMemo(
    () => new Map(sides.principals.map(({ reference, name }) => [reference, name])),
    [sides],
  );
  const words = ({ principal, repository, shall }: PendingChange): string =>
    changeWords(names.get(principal) ?? principal, repository, shall, now);
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
          <ul className={css['effects']} aria-label="Refused">
            {refusedChanges.slice(0, linesMax).map(({ change, code }) => (
              <ChangeItem
                key={keyOf(change)}
                tone="refused"
                words={words(change)}
                note={refusalWords(code)}
                onLeaveOut={() => onLeaveOut([keyOf(change)])}
              />
            ))}
          </ul>
        </SheetPart>
      )}
      <Effects kind="loses" effects={loses} total={total.loses} now={now} />
      <Effects kind="gains" effects={gains} total={total.gains} now={now} />
      {idle.length > 0 && (
        <SheetPart title={`Changes nothing that anybody may do: ${counted(idle.length, 'change')}`}>
          <ul className={css['effects']} aria-label="Without effect">
            {idle.slice(0, linesMax).map((change) => (
              <ChangeItem
                key={keyOf(change)}
                tone="idle"
                words={words(change)}
                note="Only the grant itself, or its end, changes."
                onLeaveOut={() => onLeaveOut([keyOf(change)])}
              />
            ))}
          </ul>
          <Rest shown={Math.min(linesMax, idle.length)} total={idle.length} />
        </SheetPart>
      )}
    </>
  );
}

interface ChangeItemProps {
  tone: 'refused' | 'idle';
  words: string;
  note: string;
  onLeaveOut: () => void;
}

/** A change that may be better left out. */
function ChangeItem({ tone, words, note, onLeaveOut }: ChangeItemProps): ReactNode {
  return (
    <li className={css['effect']} data-tone={tone}>
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

/** Who gains, or loses, what. */
export function Effects({ kind, effects, total, now, level = 3 }: EffectsProps): ReactNode {
  if (total === 0) return null;
  const title = kind === 'gains' ? 'Gain access' : 'Lose access';
  return (
    <SheetPart level={level} title={`${title}: ${total.toLocaleString('en')}`}>
      <ul className={css['effects']} aria-label={title}>
        {effects.slice(0, linesMax).map((effect) => (
          <li
            key={cellKey(effect.principal.reference, effect.repository)}
            className={css['effect']}
            data-tone={kind}
          >
            <span className={css['effectWords']}>{effectWords(kind, effect, now)}</span>
          </li>
        ))}
      </ul>
      <Rest shown={Math.min(linesMax, effects.length)} total={total} />
    </SheetPart>
  );
}

function Rest({ shown, total }: { shown: number; total: number }): ReactNode {
  if (shown >= total) return null;
  return (
    <p className="kh-dim">{`The first ${shown.toLocaleString('en')} of ${total.toLocaleString('en')}.`}</p>
  );
}
