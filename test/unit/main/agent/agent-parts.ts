import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { systemClock } from '../../../../main/adapters/clock.ts';
import { fileLogger } from '../../../../main/adapters/logger.ts';
import type { LogLevel } from '../../../../main/adapters/logger.ts';
import { AgentServer } from '../../../../main/agent/agent-server.ts';
import { procCallers } from '../../../../main/adapters/process-callers.ts';
import type { Clock } from '../../../../main/core/ports.ts';
import { CredentialService } from '../../../../main/agent/credential-service.ts';
import { agentSocketPath } from '../../../../main/agent/socket-path.ts';
import { commandService } from '../../../support/command-service.ts';
import { appVersion } from '../../../support/helper-programs.ts';
import { shortTmpdir } from '../../../support/temp-folder.ts';
import { signInParts } from '../signin/sign-in-parts.ts';
import type { SignInParts } from '../signin/sign-in-parts.ts';

/** The agent on a socket of its own, with a real, unlocked vault behind it. */
export interface AgentParts {
  parts: SignInParts;
  /** Stands for the home folder and for XDG_RUNTIME_DIR. */
  folder: string;
  socketPath: string;
  credentials: CredentialService;
  agent: AgentServer;
  /** Another agent, on this socket or another one. */
  anotherAgent(socketPath?: string): AgentServer;
  dispose(): Promise<void>;
}

/** Starts the agent. The folder is short, so that the socket's path fits on every system. */
export async function agentParts(
  logLevel: LogLevel = 'silent',
  clock: Clock = systemClock,
): Promise<AgentParts> {
  const parts = await signInParts(clock, logLevel);
  const folder = await mkdtemp(join(shortTmpdir, 'keyhold-agent-'));
  const socketPath = agentSocketPath({ XDG_RUNTIME_DIR: folder }, process.platform, folder);
  const credentials = new CredentialService(parts);
  const logger = fileLogger(folder, logLevel);
  const place = { home: folder, environment: process.env, agent: (): AgentServer => agent };
  const commands = commandService(parts, place, await appVersion());
  const started: AgentServer[] = [];
  const anotherAgent: AgentParts['anotherAgent'] = (path = socketPath) => {
    const agent = new AgentServer({ socketPath: path, credentials, commands, callers: procCallers, logger });
    started.push(agent);
    return agent;
  };
  const agent = anotherAgent();
  await agent.start();
  return {
    parts,
    folder,
    socketPath,
    credentials,
    agent,
    anotherAgent,
    dispose: async () => {
      for (const each of started) await each.stop();
      await parts.dispose();
      await rm(folder, { recursive: true });
    },
  };
}

export interface RawAnswer {
  /** Null when the connection ended without an answer. */
  status: number | null;
  headers: string;
  body: string;
}

/** Sends bytes to the agent as they are and gives what comes back until the agent ends the connection. */
export function sendRaw(socketPath: string, ...parts: (string | Buffer)[]): Promise<RawAnswer> {
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    // The agent may end the connection while there is still something to send.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      const [headers = '', ...body] = text.split('\r\n\r\n');
      const status = /^HTTP\/1\.1 (\d{3}) /.exec(headers)?.[1];
      resolve({ status: status === undefined ? null : Number(status), headers, body: body.join('\r\n\r\n') });
    });
    for (const part of parts) socket.write(part);
  });
}

/** One request in the agent's own manner. */
export function post(
  socketPath: string,
  path: string,
  body: string,
  fields: readonly string[] = [],
): Promise<RawAnswer> {
  const head = [
    `POST ${path} HTTP/1.1`,
    'Host: keyhold',
    `Content-Length: ${String(Buffer.byteLength(body))}`,
  ];
  return sendRaw(socketPath, `${[...head, ...fields].join('\r\n')}\r\n\r\n${body}`);
}
