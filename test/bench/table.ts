import type { Figure } from './figure.ts';

const heads = ['Figure', 'Unit', 'Value', 'Peer', 'Peer value', 'Ratio', 'Goal', 'Pass'] as const;
const rightAligned = new Set<string>(['Value', 'Peer value', 'Ratio']);

/** The figures as one table, in Markdown, so that it can go into a document as it is. */
export function renderTable(figures: readonly Figure[]): string {
  const rows = figures.map(cellsOf);
  const widths = heads.map((head, column) =>
    Math.max(head.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (cells: readonly string[]): string => {
    const padded = cells.map((cell, column) => {
      const width = widths[column] ?? 0;
      return rightAligned.has(heads[column] ?? '') ? cell.padStart(width) : cell.padEnd(width);
    });
    return `| ${padded.join(' | ')} |`;
  };
  const rule = heads.map((head, column) => {
    const dashes = '-'.repeat(widths[column] ?? 0);
    return rightAligned.has(head) ? `${dashes.slice(1)}:` : dashes;
  });
  return [line(heads), line(rule), ...rows.map(line)].join('\n');
}

function cellsOf(figure: Figure): string[] {
  const { unit, value, peer, peerValue, ratio, goal, pass } = figure;
  return [
    figure.figure,
    unit,
    numberText(value),
    peer ?? '-',
    peerValue === null ? '-' : numberText(peerValue),
    ratio === null ? '-' : `${numberText(ratio)} x`,
    goal ?? '-',
    pass === null ? '-' : pass ? 'yes' : 'no',
  ];
}

/** Three digits that count; whole numbers from 100 on. */
function numberText(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
