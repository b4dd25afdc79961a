import type { ReactNode } from 'react';
import css from './glyph.module.css';
import { actionNames, levelOf } from '../model/levels.ts';

/** Each action is a bar, the further right the taller: what one may do grows like the strength of a signal. */
const bar = { width: 4, gap: 2, heights: [6, 10, 14, 18], tick: 1.5 } as const;
const size = { width: 4 * bar.width + 3 * bar.gap + 1, height: 19 } as const;

interface Paths {
  /** Given directly. */
  solid: string;
  /** Comes from elsewhere: by role, through a group, as everybody. */
  outlined: string;
  /** Given directly, and without effect. */
  idle: string;
  /** What is missing in a set that is no level. */
  ticks: string;
}

const known = new Map<number, Paths>();

function rect(x: number, y: number, width: number, height: number): string {
  return `M${x} ${y}h${width}v${height}h${-width}z`;
}

function drawn(access: number, direct: number): Paths {
  const paths = { solid: '', outlined: '', idle: '', ticks: '' };
  const isLevel = levelOf(access) !== null;
  actionNames.forEach((_action, index) => {
    const bit = 1 << index;
    const x = 0.5 + index * (bar.width + bar.gap);
    const height = bar.heights[index] ?? 0;
    const y = size.height - 0.5 - height;
    const inner = rect(x + 0.6, y + 0.6, bar.width - 1.2, height - 1.2);
    if ((access & direct & bit) !== 0) paths.solid += rect(x, y, bar.width, height);
    else if ((access & bit) !== 0) paths.outlined += inner;
    else if ((direct & bit) !== 0) paths.idle += inner;
    else if (!isLevel) paths.ticks += rect(x, size.height - 0.5 - bar.tick, bar.width, bar.tick);
  });
  return paths;
}

function pathsOf(access: number, direct: number): Paths {
  const key = access * 16 + direct;
  const paths = known.get(key) ?? drawn(access, direct);
  known.set(key, paths);
  return paths;
}

interface GlyphProps {
  /** Sums of `accessBits`: what one may do, and what of it is given directly. */
  access: number;
  direct: number;
}

/** What somebody may do, as a picture for eyes alone: words stand beside it or in the label around it. */
export function Glyph({ access, direct }: GlyphProps): ReactNode {
  if (access === 0 && direct === 0) return <span className={css['none']} />;
  const { solid, outlined, idle, ticks } = pathsOf(access, direct);
  return (
    <svg
      className={css['glyph']}
      width={size.width}
      height={size.height}
      viewBox={`0 0 ${size.width} ${size.height}`}
      aria-hidden="true"
    >
      {solid !== '' && <path className={css['solid']} d={solid} />}
      {outlined !== '' && <path className={css['outlined']} d={outlined} />}
      {idle !== '' && <path className={css['idle']} d={idle} />}
      {ticks !== '' && <path className={css['ticks']} d={ticks} />}
    </svg>
  );
}
