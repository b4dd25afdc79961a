// Reads a Job on standard input, runs it, and writes the medians: see timed-processes.ts.
import { spawnSync } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { interleavedMedians, type Measurement } from './rounds.ts';
import type { Command, Job } from './timed-processes.ts';

function timed({ file, args, input, env, answer }: Command): Measurement {
  return () => {
    const begin = performance.now();
    const { status, stdout, stderr, error } = spawnSync(file, args, { input, env, encoding: 'utf8' });
    const ms = performance.now() - begin;
    if (status === 0 && stdout.includes(answer)) return ms;
    throw new Error(`${file} failed: ${error?.message ?? `exit code ${String(status)}, ${stdout}${stderr}`}`);
  };
}

const { commands, rounds } = JSON.parse(await text(process.stdin)) as Job;
const measurements = Object.fromEntries(
  Object.entries(commands).map(([name, command]) => [name, timed(command)]),
);
process.stdout.write(JSON.stringify(await interleavedMedians(measurements, rounds)));
