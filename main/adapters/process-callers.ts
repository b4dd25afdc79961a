import { readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import type { Caller } from '../../contracts/domain/approval.ts';
import { printable } from '../../contracts/domain/printable.ts';
import type { Callers } from '../core/ports.ts';

/** How far the way back from a program to the session is followed. */
const mostParents = 8;

/** Names are part of sentences that say what to do: those must not be cut off. */
const longestName = 64;

interface Process {
  pid: number;
  name: string;
  parent: number;
}

/**
 * Reads who started a process from /proc (proc_pid_stat(5)). Whoever asks names its own process id, and programs
 * can name themselves as they like: a hint for the person, no proof.
 */
export const procCallers: Callers = {
  callerOf: (pid) => {
    try {
      // The asking process itself is our own script.
      const asking = readProcess(pid);
      const program = readProcess(asking.parent);
      const path = readlinkSync(`/proc/${String(program.pid)}/exe`);
      const parents = parentsOf(program);
      // Rules go by the path, which stays as it is; the name is only shown.
      const name = printable(basename(path).replace(/ \(deleted\)$/, ''), longestName);
      return { program: name, path, parents } satisfies Caller;
    } catch {
      // Gone again, of another user, or in a container of its own.
      return null;
    }
  },
};

/** For systems without /proc. */
export const unknownCallers: Callers = { callerOf: () => null };

function parentsOf(program: Process): Caller['parents'] {
  const parents: Caller['parents'] = [];
  let next = program.parent;
  while (next > 0 && parents.length < mostParents) {
    const { pid, name, parent } = readProcess(next);
    parents.push({ pid, name });
    next = parent;
  }
  return parents;
}

/** @throws Error for a process that is not there */
function readProcess(pid: number): Process {
  const folder = `/proc/${String(pid)}`;
  const stat = readFileSync(`${folder}/stat`, 'utf8');
  // `pid (name) state ppid …`: the name may hold anything, brackets and line feeds too.
  const end = stat.lastIndexOf(')');
  const name = printable(stat.slice(stat.indexOf('(') + 1, end), longestName);
  const parent = Number(stat.slice(end + 2).split(' ')[1]);
  if (!Number.isSafeInteger(parent)) throw new Error('no parent in stat');
  return { pid, name, parent };
}
