import type { ReactNode } from 'react';
import { fitOf, fitWords } from './template-fit.ts';
import css from './templates.module.css';

/** Names that are listed of one line. */
const listedMax = 200;

interface LineFitProps<Line> {
  lines: readonly Line[];
  line: Line;
  repositories: readonly { name: string }[];
}

/** Which repositories a line counts for now: said in a line, listed behind it. */
export function LineFit<Line extends { repositories: string }>(props: LineFitProps<Line>): ReactNode {
  const { lines, line, repositories } = props;
  const fit = fitOf(lines, line, repositories);
  const { names, others } = fit;
  if (names.length === 0)
    return (
      <p className={css['fit']} data-tone="warning">
        {others > 0
          ? `Counts for nothing: other lines count for the ${others.toLocaleString('en')} that it fits`
          : 'No repository now'}
      </p>
    );
  const isAll = names.length === repositories.length && names.length > 1;
  const rest = names.length - listedMax;
  return (
    <details className={css['fit']} data-tone={isAll ? 'warning' : undefined}>
      <summary>{`${isAll ? 'All of them: ' : ''}${fitWords(fit)}`}</summary>
      <ul className={css['names']} aria-label={`Repositories of ${line.repositories}`} tabIndex={0}>
        {names.slice(0, listedMax).map((name) => (
          <li key={name}>{name}</li>
        ))}
        {rest > 0 && <li>{`and ${rest.toLocaleString('en')} more`}</li>}
      </ul>
    </details>
  );
}
