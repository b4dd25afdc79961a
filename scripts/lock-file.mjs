/**
 * Whether package-lock.json pins every package by its hash. With --fill, hashes that are missing are asked of the
 * registry first (npm leaves them out where it finds a package in node_modules already). Runs before set-up.
 * Usage: node scripts/lock-file.mjs [--fill]
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lockProblems, readPackageLock } from './setup/package-lock.mjs';
import { checkout } from './setup/paths.mjs';
import { npm } from './setup/registry-package.mjs';

/** @typedef {import('./setup/package-lock.mjs').LockEntry} LockEntry */

const file = join(checkout, 'package-lock.json');

async function fill() {
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  /** @type {[string, LockEntry][]} */
  const entries = Object.entries(lock.packages);
  const missing = entries.filter(([place, entry]) => place !== '' && entry.integrity === undefined);
  await Promise.all(Array.from({ length: 4 }, () => fillNext(missing)));
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
}

/** @param {[string, LockEntry][]} missing what is still to be asked for; taken out one by one */
async function fillNext(missing) {
  for (let next = missing.pop(); next !== undefined; next = missing.pop()) {
    const [place, entry] = next;
    const name = place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
    entry.integrity = JSON.parse(await npm(['view', `${name}@${entry.version}`, 'dist.integrity', '--json']));
  }
}

if (process.argv.includes('--fill')) await fill();
const problems = lockProblems(readPackageLock(checkout));
for (const problem of problems) console.log(problem);
process.exitCode = problems.length === 0 ? 0 : 1;
