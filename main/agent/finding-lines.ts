import type { Finding } from '../../contracts/ipc/doctor.ts';

const marks = { ok: 'ok  ', warning: 'WARN', broken: 'FAIL' } as const;

/** A finding of the Doctor for a terminal. */
export function findingLines({ state, subject, found, why, mend }: Finding): string[] {
  const more = [...(why === null ? [] : [why]), ...mendLines(mend)];
  return [`${marks[state]}  ${subject}: ${found}`, ...more.map((line) => `      ${line}`)];
}

function mendLines(mend: Finding['mend']): string[] {
  if (mend === null) return [];
  if (mend.by === 'keyhold') return [`In Keyhold, open Registries, then Doctor, and choose “${mend.label}”.`];
  return [mend.advice, ...(mend.command === null ? [] : [`  ${mend.command}`])];
}
