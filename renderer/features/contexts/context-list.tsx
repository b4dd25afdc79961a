import { Check } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { PickList, type PickListKind } from '../../ui/pick-list.tsx';
import { ContextLines } from './context-lines.tsx';
import css from './context-list.module.css';
import switcherCss from './context-switcher.module.css';
import { ContextTile } from './context-tile.tsx';

const kind: PickListKind<ContextSummary> = {
  noun: 'contexts',
  noMatch: 'No context has that in its name or host.',
  rowHeight: 48,
  idOf: ({ id }) => id,
  wordsOf: ({ name, label, host, userId }) => [name, label, host, userId],
};

interface ContextListProps {
  /** Null while they are being read. */
  contexts: readonly ContextSummary[] | null;
  onChoose: (contextId: string) => void;
}

/** Finds one of any number of contexts. */
export function ContextList({ contexts, onChoose }: ContextListProps): ReactNode {
  const current = contexts?.find((context) => context.current)?.id ?? null;
  return (
    <PickList kind={kind} items={contexts} current={current} onChoose={onChoose}>
      {(context) => (
        <>
          <ContextTile context={context} />
          <span className={switcherCss['names']}>
            <ContextLines context={context} />
          </span>
          {context.current && <Check className={css['check']} />}
        </>
      )}
    </PickList>
  );
}
