import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** All plain files below a folder, at any depth. Sockets, pipes and links are not files. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/**
 * The files below a folder that hold any of some bytes, at any place in them. When one is renamed meanwhile, all are
 * looked through again.
 *
 * @returns `<path>: <name of what was found>`, the path relative to the folder.
 */
export function filesHolding(folder: string, needles: ReadonlyMap<string, Buffer>): string[] {
  for (;;) {
    try {
      return searchFiles(folder, needles);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
}

function searchFiles(folder: string, needles: ReadonlyMap<string, Buffer>): string[] {
  return filesBelow(folder).flatMap((file) => {
    const content = readFileSync(file);
    const found = [...needles].filter(([, bytes]) => content.includes(bytes));
    return found.map(([name]) => `${relative(folder, file)}: ${name}`);
  });
}

/** A process of this machine with what anybody of the same user can read of it (Linux, proc(5)). */
interface VisibleProcess {
  readonly pid: number;
  readonly parent: number;
  /** Command line and environment, as the kernel keeps them. */
  readonly content: Buffer;
}

function readProcess(pid: number): VisibleProcess | null {
  const folder = `/proc/${String(pid)}`;
  try {
    // The program's name, in brackets, may itself hold spaces and brackets.
    const fields = readFileSync(join(folder, 'stat'), 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    const content = Buffer.concat([
      readFileSync(join(folder, 'cmdline')),
      readFileSync(join(folder, 'environ')),
    ]);
    return { pid, parent: Number(fields[1]), content };
  } catch {
    // It has ended meanwhile.
    return null;
  }
}

/** A process and everything that it started, directly or not. Linux only. */
export function processTree(root: number): VisibleProcess[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => readProcess(Number(name)))
    .filter((process) => process !== null);
  const below = (pid: number): VisibleProcess[] => {
    const children = all.filter(({ parent }) => parent === pid);
    return children.flatMap((child) => [child, ...below(child.pid)]);
  };
  return [...all.filter(({ pid }) => pid === root), ...below(root)];
}
