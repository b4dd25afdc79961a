/**
 * Once imported, sends this process SIGTERM when its starter has ended, in whatever way. Where a shell is between the
 * two, as with npm, the shell's starter is meant. npm hands SIGTERM and SIGINT to that shell alone and other signals to
 * nobody: without this, what `npm run` started would go on without it.
 *
 * Does nothing on Windows, where a process cannot see it.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

/** How often a process looks whether its starter is still there, milliseconds. */
const lookEveryMs = 500;

/** Programs that start another one and wait for it: npm runs its scripts by a shell. */
const wrappers = ['sh', 'ash', 'bash', 'busybox', 'dash', 'fish', 'ksh', 'mksh', 'yash', 'zsh', 'xvfb-run'];

function watchStarter() {
  const parent = process.ppid;
  const { name, parent: starter } = describe(parent);
  const isWrapped = wrappers.includes(basename(name).replace(/^-/, ''));
  const timer = setInterval(() => {
    if (process.ppid === parent && (!isWrapped || starter === null || isChildOf(parent, starter))) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, lookEveryMs);
  timer.unref();
}

/**
 * Whether a process still has this starter: one that has ended is nobody's parent any more. Where /proc is missing,
 * that question would cost a process each time, so it is only asked whether the starter is alive.
 * @param {number} pid
 * @param {number} starter
 */
function isChildOf(pid, starter) {
  if (process.platform === 'linux') return describe(pid).parent === starter;
  try {
    process.kill(starter, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/**
 * @param {number} pid
 * @returns {{ name: string, parent: number | null }} null where the process is gone
 */
function describe(pid) {
  try {
    if (process.platform === 'linux') {
      // `pid (name) state ppid …`: the name may hold anything, brackets too (proc_pid_stat(5)).
      const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
      const end = stat.lastIndexOf(')');
      return {
        name: stat.slice(stat.indexOf('(') + 1, end),
        parent: Number(stat.slice(end + 2).split(' ')[1]),
      };
    }
    const line = execFileSync('ps', ['-o', 'ppid=', '-o', 'comm=', '-p', String(pid)], { encoding: 'utf8' });
    const [parent, ...name] = line.trim().split(/\s+/);
    return { name: name.join(' '), parent: Number(parent) };
  } catch {
    return { name: '', parent: null };
  }
}

if (process.platform !== 'win32') watchStarter();
