import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { askForCredentials, type LoadResult } from './agent-clients.ts';
import { toFigure, type Bench, type Figure } from './figure.ts';
import { median } from './rounds.ts';

const levels = [1, 8, 64] as const;
const rounds = { warmUp: 2, counted: 21 };
const requestsPerRound = 600;

interface Sockets {
  host: string;
  agent: string;
  floor: string;
}

const servers = ['agent', 'floor'] as const;

/** The value below which 99 of 100 lie. */
function p99(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.ceil(sorted.length * 0.99) - 1] ?? NaN;
}

/** Rounds of both servers in turn, so that whatever else the machine does meets both alike. */
async function measureLevel(sockets: Sockets, clients: number): Promise<Figure[]> {
  const results: Record<(typeof servers)[number], LoadResult[]> = { agent: [], floor: [] };
  for (let round = 0; round < rounds.warmUp + rounds.counted; round++) {
    for (const server of round % 2 === 0 ? servers : [...servers].reverse()) {
      const result = await askForCredentials({
        socketPath: sockets[server],
        hosts: [sockets.host],
        clients,
        requests: requestsPerRound,
      });
      if (round >= rounds.warmUp) results[server].push(result);
    }
  }
  const rate = (server: (typeof servers)[number]): number =>
    median(results[server].map(({ totalMs }) => (requestsPerRound / totalMs) * 1000));
  const slowest = (server: (typeof servers)[number]): number =>
    p99(results[server].flatMap(({ latencies }) => latencies));
  const words = clients === 1 ? '1 client' : `${String(clients)} clients`;
  const peer = 'one bare signature each';
  return [
    toFigure({
      id: 'agent',
      figure: `credentials, ${words}`,
      unit: '/s',
      value: rate('agent'),
      peer: { name: peer, value: rate('floor') },
      goal: { of: 'ratio', atLeast: 0.6 },
    }),
    toFigure({
      id: 'agent',
      figure: `credentials, ${words}, 99th percentile`,
      unit: 'ms',
      value: slowest('agent'),
      peer: { name: peer, value: slowest('floor') },
    }),
  ];
}

/** Credentials from the agent's socket, against a server that only signs. Both run in one process of their own. */
export const benchAgent: Bench = async (say) => {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'agent-process.ts')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  try {
    const [line] = (await Promise.race([
      once(createInterface({ input: child.stdout }), 'line'),
      closed.then(() => {
        throw new Error('The agent did not start.');
      }),
    ])) as [string];
    const sockets = JSON.parse(line) as Sockets;
    const figures: Figure[] = [];
    for (const clients of levels) {
      say(`${String(clients)} at a time, ${String(rounds.counted)} rounds of ${String(requestsPerRound)}`);
      figures.push(...(await measureLevel(sockets, clients)));
    }
    return figures;
  } finally {
    child.stdin.end();
    await closed;
  }
};
