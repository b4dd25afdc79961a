import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { median } from './rounds.ts';

/** Between two looks at the memory, milliseconds. */
const lookEveryMs = 500;

/** Looks that must agree before the memory counts as settled, and how far they may differ. */
const agreeing = { looks: 4, within: 0.01 };
const mostLooks = 60;

/** Whether this system says how much memory a process holds without counting what it shares twice. */
export const canMeasureMemory = process.platform === 'linux';

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // The process ended while we looked.
    return '';
  }
}

/** A process and all that descend from it. */
function treeOf(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    // The program's name stands in brackets and may hold anything; the parent is the second word behind it.
    const parent = Number(readOrEmpty(`/proc/${name}/stat`).split(')').at(-1)?.trim().split(' ')[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const tree = [root];
  for (const pid of tree) tree.push(...(children.get(pid) ?? []));
  return tree;
}

/** Proportional set size of a process and its descendants, MiB: a shared page counts once among who share it. */
function memoryOf(root: number): number {
  const kibs = treeOf(root).map((pid) =>
    Number(/^Pss:\s+(\d+) kB/m.exec(readOrEmpty(`/proc/${String(pid)}/smaps_rollup`))?.[1] ?? 0),
  );
  return kibs.reduce((sum, kib) => sum + kib, 0) / 1024;
}

/**
 * The memory of an app with all its processes, once it no longer changes.
 *
 * @param root - the app's first process
 * @returns MiB
 */
export async function settledMemory(root: number): Promise<number> {
  const looks: number[] = [];
  while (looks.length < mostLooks) {
    looks.push(memoryOf(root));
    const last = looks.slice(-agreeing.looks);
    const spread = (Math.max(...last) - Math.min(...last)) / Math.min(...last);
    if (last.length === agreeing.looks && spread <= agreeing.within) return median(last);
    await pause(lookEveryMs);
  }
  return median(looks.slice(-agreeing.looks));
}
