import { dirname } from 'node:path';
import { registryClients } from '../../../contracts/domain/registry-client.ts';
import type { AgentState } from '../../../contracts/ipc/registries.ts';
import type { FileRights } from '../ports.ts';
import { forPerson, mendable, ok, type Check, type Found } from './finding.ts';

/** The agent, as far as the Doctor deals with it. */
export interface AgentControl {
  /** How it is at this moment. */
  state(): Promise<AgentState>;
  /** Stops it where it runs, and starts it. */
  restart(): Promise<unknown>;
}

interface Deps {
  agent: AgentControl;
  rights: FileRights;
  /** As `process.platform` names it. */
  platform: string;
}

const id = 'agent';
const subject = 'Agent';
const touches = { clients: registryClients, hosts: null };
const why = 'Podman and Docker get no credentials until it answers.';

/** Whether the agent listens, and nobody but this user reaches its socket. */
export function agentCheck({ agent, rights, platform }: Deps): Check {
  return async () => {
    const { listening, socket, problem } = await agent.state();
    const broken = { id, subject, why, touches, state: 'broken' } as const;
    const start = async (): Promise<void> => {
      await agent.restart();
    };
    if (!listening) {
      if (problem === 'path_too_long') {
        const found = `The path of its socket is too long for this system: ${socket}`;
        const advice = 'Use Keyhold as a user whose home folder has a shorter path.';
        return [forPerson({ ...broken, found }, advice)];
      }
      return [mendable({ ...broken, found: silence(socket, problem) }, 'Start agent', start)];
    }
    if (platform === 'win32') return [ok({ id, subject, found: `It listens on ${socket}.` })];
    const file = await rights.stat(socket);
    return [await rightsOf(rights, socket, file?.mode ?? 0)];
  };
}

function silence(socket: string, problem: AgentState['problem']): string {
  if (problem === 'in_use') {
    return `Another program listens in its place: ${socket}. Close it, then start the agent.`;
  }
  if (problem === 'not_a_socket') {
    return `Something else lies in its place: ${socket}. Move it away, then start the agent.`;
  }
  return `It does not listen on ${socket}.`;
}

/** The folder keeps others out, and the socket too. */
async function rightsOf(rights: FileRights, socket: string, mode: number): Promise<Found> {
  const folder = dirname(socket);
  const around = await rights.stat(folder);
  const wanted = [
    { path: folder, mode: around?.mode ?? 0, right: 0o700 },
    { path: socket, mode, right: 0o600 },
  ];
  const open = wanted.filter((each) => (each.mode & 0o077) !== 0);
  if (open.length === 0) return ok({ id, subject, found: `It listens on ${socket}, for you alone.` });
  const what = open.map((each) => `${each.path} has mode ${each.mode.toString(8).padStart(4, '0')}`);
  return mendable(
    {
      // Clients are served all the same.
      id,
      subject,
      state: 'warning',
      found: `Others may reach it: ${what.join(', ')}.`,
      why: 'Whoever reaches the socket can ask for your tokens.',
    },
    'Keep others out',
    async () => {
      for (const each of open) await rights.setMode(each.path, each.right);
    },
  );
}
