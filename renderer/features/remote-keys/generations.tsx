import type { ReactNode } from 'react';
import { Badge } from '../../ui/badge.tsx';
import { ReasonedButton } from '../../ui/reasoned-button.tsx';
import { Item, ItemList, ItemNote, SheetPart } from '../../ui/sheet.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import type { Reason } from './allowance.ts';
import type { Generation } from './key-dialog-props.ts';
import { stateWords } from './key-words.ts';

interface GenerationsProps {
  generations: readonly Generation[];
  /** The one that is used now; null where that is not known. */
  current: number | null;
  /** Why none of them can be destroyed; null where they can. */
  reason: Reason;
  onDestroy: (generation: number) => void;
}

/** A key's generations, the newest first. */
export function Generations({ generations, current, reason, onDestroy }: GenerationsProps): ReactNode {
  return (
    <SheetPart title="Generations">
      <ItemList label="Generations">
        {generations.map(({ generation, state, createdAt }) => {
          const { tone, words } = stateWords(state);
          const isGone = state === 'DESTROYED';
          return (
            <Item
              key={generation}
              name={`Generation ${String(generation)}${generation === current ? ', in use' : ''}`}
              notes={
                <ItemNote>
                  {createdAt === null ? (
                    'Nobody knows since when'
                  ) : (
                    <>
                      Made <RelativeTime at={createdAt} />
                    </>
                  )}
                </ItemNote>
              }
            >
              <Badge tone={tone}>{words}</Badge>
              {generation !== current && !isGone && (
                <ReasonedButton
                  size="small"
                  aria-label={`Destroy generation ${String(generation)}`}
                  reason={reason}
                  onClick={() => onDestroy(generation)}
                >
                  Destroy…
                </ReasonedButton>
              )}
            </Item>
          );
        })}
      </ItemList>
    </SheetPart>
  );
}
