/**
 * Once imported, sends this process SIGTERM when whoever started it has ended, in whatever way; a shell between the two
 * is looked through. npm hands SIGTERM and SIGINT to the shell alone and other signals to nobody: without this, what
 * `npm run` started goes on without it.
 *
 * Does nothing on Windows, where a process does not learn of it.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

/** How often a process looks whether whoever started it is still there, milliseconds. */
const lookEveryMs = 500;

/** Programs that start another one and wait for it: npm has its scripts run by a shell. */
const betweens = ['sh', 'ash', 'bash', 'busybox', 'dash', 'fish', 'ksh', 'mksh', 'yash', 'zsh', 'xvfb-run'];

function watchStarter() {
  const parent = process.ppid;
  const { name, parent: starter } = describe(parent);
  const isBetween = betweens.includes(basename(name).replace(/^-/, ''));
  const timer = setInterval(() => {
    if (process.ppid === parent && (!isBetween || starter === null || isChildOf(parent, starter))) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, lookEveryMs);
  timer.unref();
}

/**
 * A starter that has ended is nobody's parent any more, also while it waits to be collected. Where /proc is missing,
 * asking costs a process, so whether the starter is there has to do.
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
