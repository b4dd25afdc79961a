import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { agentHost } from '../../main/agent/agent-requests.ts';

export interface CredentialLoad {
  readonly socketPath: string;
  /** Registries to ask for, in turn. */
  readonly hosts: readonly string[];
  /** How many ask at the same time, each for one credential after the other. */
  readonly clients: number;
  /** How many are asked for in all. */
  readonly requests: number;
}

/** What became of a load, milliseconds. */
export interface LoadResult {
  readonly totalMs: number;
  readonly latencies: readonly number[];
}

/** One credential, on a connection of its own, as the helper script asks for it. Throws unless there is one. */
async function ask(socketPath: string, host: string): Promise<void> {
  const answer = await new Promise<{ status: number; body: string }>((resolve, reject) => {
    const sent = request(
      {
        socketPath,
        method: 'POST',
        path: '/v1/credential/get',
        agent: false,
        headers: { host: agentHost, 'content-length': Buffer.byteLength(host) },
      },
      (response) => {
        text(response).then((body) => {
          resolve({ status: response.statusCode ?? 0, body });
        }, reject);
      },
    );
    sent.on('error', reject);
    sent.end(host);
  });
  if (answer.status !== 200 || !answer.body.includes('ey')) {
    throw new Error(`The agent answered ${String(answer.status)}: ${answer.body}`);
  }
}

/** Asks an agent, or a server that stands beside it for comparison, for many credentials. */
export async function askForCredentials(load: CredentialLoad): Promise<LoadResult> {
  const latencies: number[] = [];
  let asked = 0;
  const client = async (): Promise<void> => {
    while (asked < load.requests) {
      const host = load.hosts[asked % load.hosts.length] ?? '';
      asked += 1;
      const begin = performance.now();
      await ask(load.socketPath, host);
      latencies.push(performance.now() - begin);
    }
  };
  const begin = performance.now();
  await Promise.all(Array.from({ length: load.clients }, client));
  return { totalMs: performance.now() - begin, latencies };
}
