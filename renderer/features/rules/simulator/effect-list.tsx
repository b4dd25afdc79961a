import type { ReactNode } from 'react';
import type { Effect } from '../../../../contracts/permissions/effects.ts';
import { andWords, counted } from '../../../lib/format.ts';
import { operationName } from '../model/words.ts';
import css from './simulator.module.css';

interface EffectListProps {
  label: string;
  tone: 'gained' | 'lost' | 'plain';
  effects: readonly Effect[];
  /** Said where there are none. */
  none: string;
}

/** How many keys of an operation are named. */
const namedMax = 4;

/** What somebody may do, or may no more, by operation. */
export function EffectList({ label, tone, effects, none }: EffectListProps): ReactNode {
  const groups = Map.groupBy(effects, ({ operation }) => operation);
  return (
    <section className={css['effects']} data-tone={tone} aria-label={label}>
      <h3 className={css['effectsTitle']}>
        {label} <span className={css['count']}>{effects.length.toLocaleString('en')}</span>
      </h3>
      {effects.length === 0 && <p className="kh-dim">{none}</p>}
      <ul className={css['effectRows']}>
        {[...groups].map(([operation, of]) => (
          <li key={operation} className={css['effect']}>
            <span className={css['effectName']}>{operationName(operation)}</span>
            <span className={css['effectKeys']}>{keyWords(of)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function keyWords(effects: readonly Effect[]): string {
  const ids = effects.flatMap(({ keyId }) => keyId ?? []);
  if (ids.length <= namedMax) return andWords(ids);
  return `${counted(ids.length, 'key')}: ${ids.slice(0, namedMax - 1).join(', ')} and ${(ids.length - namedMax + 1).toLocaleString('en')} more`;
}
