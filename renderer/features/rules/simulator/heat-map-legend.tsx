import type { ReactNode } from 'react';
import type { Decision } from '../../../../contracts/permissions/decision.ts';
import type { Rule } from '../../../../contracts/permissions/rule.ts';
import { Legend, type LegendSign } from '../../../ui/grid/legend.tsx';
import { Sign } from './sign.tsx';
import css from './simulator.module.css';

const by: Rule = { text: '', effect: 'allow', segments: [] };
const bad = { index: 0, text: '', problem: { reason: 'empty' as const, at: 0, length: 0 } };

const decisions: readonly [decision: Decision | null, words: string][] = [
  [{ allowed: true, because: 'granted', by }, 'Allowed'],
  [{ allowed: false, because: 'not_granted' }, 'No rule grants it'],
  [{ allowed: false, because: 'denied', by }, 'Denied by a rule'],
  [{ allowed: false, because: 'bad_rule', bad }, 'Refused: a rule cannot be read'],
  [null, 'Not known'],
];

const signs: readonly LegendSign[] = [
  ...decisions.map(([decision, words]) => ({
    ...{ words, picture: <Sign decision={decision} /> },
    marks: { 'data-answer': decision?.because ?? 'unknown' },
  })),
  { words: 'Changed by the line to be added', marks: { 'data-pending': true } },
];

const keys = [
  ['Arrows, Page Up and Down, Home, End', 'Move'],
  ['Enter, W', 'Why'],
] as const;

/** What the signs of the map mean, and its keys. */
export function HeatMapLegend(): ReactNode {
  return <Legend signs={signs} keys={keys} cell={css['cell']} position="left-end" width={280} />;
}
