import { readdirSync, readFileSync } from 'node:fs';

/** The variable that marks the programs of one set-up run, so that the next run can find them. */
export const RUN_MARK = 'KEYHOLD_SETUP_RUN';

/**
 * Ends what a killed set-up left running, such as an `npm ci` that would go on changing node_modules.
 * Linux only: elsewhere nothing tells which processes those are.
 * @param {string} mark the value of RUN_MARK in their environment
 * @returns {number} how many were ended
 */
export function endOrphans(mark) {
  if (process.platform !== 'linux') return 0;
  const orphans = readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && pid !== process.pid && hasMark(pid, mark));
  for (const pid of orphans) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended by itself in the meantime.
    }
  }
  return orphans.length;
}

/**
 * @param {number} pid
 * @param {string} mark
 */
function hasMark(pid, mark) {
  try {
    return readFileSync(`/proc/${String(pid)}/environ`, 'utf8')
      .split('\0')
      .includes(`${RUN_MARK}=${mark}`);
  } catch {
    // Another user's process, or one that has just ended.
    return false;
  }
}
