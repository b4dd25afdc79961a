import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { procCallers } from '../../main/adapters/process-callers.ts';
import { fileLogger } from '../../main/adapters/logger.ts';
import { AgentServer } from '../../main/agent/agent-server.ts';
import { CredentialService } from '../../main/agent/credential-service.ts';
import { agentSocketPath } from '../../main/agent/socket-path.ts';
import { helperProgram } from '../../main/core/registries/paths.ts';
import { registryParts } from '../unit/main/registries/registry-parts.ts';
import type { RegistryParts } from '../unit/main/registries/registry-parts.ts';
import type { DoctorService } from '../../main/core/doctor/doctor-service.ts';
import type { Clock } from '../../main/core/ports.ts';
import { commandService, doctorService } from './command-service.ts';
import { appVersion, writeProgram } from './helper-programs.ts';
import { registerContext } from './register-context.ts';
import { runTool } from './registry-tools.ts';
import type { ToolResult } from './registry-tools.ts';
import { signIn } from './server-client.ts';
import type { TestServer } from './server.ts';

/** How a registry client ended, and what it called the helper with, in order. */
export interface ClientRun extends ToolResult {
  calls: string[];
}

/** The PATH of a desktop that has the folder of the helper on it. */
export function usualPath(helper: string): string {
  return [path.dirname(helper), process.env['PATH'] ?? ''].join(path.delimiter);
}

/** A home in which the app's own parts run, the agent and a helper that is counted among them. */
export interface HelperHome {
  app: RegistryParts;
  agent: AgentServer;
  /** Adds a context of a demo user, registers its key with the server and gives its id. */
  addContext(server: TestServer, username: string): Promise<string>;
  /**
   * The Doctor of an app that was started in this home.
   *
   * @param change - Variables of its environment that are other than usual.
   */
  doctor(change?: Readonly<Record<string, string>>): DoctorService;
  /**
   * Runs a registry client with the helper on its PATH and no other credentials.
   *
   * @param env - Further variables, or others than usual.
   */
  run(program: string, args: readonly string[], env?: Readonly<Record<string, string>>): Promise<ClientRun>;
  dispose(): Promise<void>;
}

/** @param clock - What the app takes for the time. */
export async function helperHome(clock?: Clock): Promise<HelperHome> {
  const app = await registryParts('podman', clock);
  const { home, parts } = app;
  const runtime = path.join(home, 'run');
  const place = { home, environment: process.env, agent: (): AgentServer => agent };
  const commands = commandService(parts, place, await appVersion());
  const agent: AgentServer = new AgentServer({
    socketPath: agentSocketPath({ XDG_RUNTIME_DIR: runtime }, process.platform, home),
    credentials: new CredentialService(parts),
    commands,
    callers: procCallers,
    logger: fileLogger(home, 'silent'),
  });
  await agent.start();
  const notes = path.join(home, 'calls');
  const counting = path.join(home, 'counting');
  const count = `printf '%s\\n' "$1" >>'${notes}'\nexec '${app.helper}' "$@"`;
  await writeProgram(path.join(counting, helperProgram), count);
  const env = {
    PATH: [counting, process.env['PATH'] ?? ''].join(path.delimiter),
    XDG_CONFIG_HOME: path.join(home, '.config'),
  };
  return {
    app,
    agent,
    addContext: async (server, username) => {
      const userId = server.user(username).id;
      const { id } = await parts.add({ name: username, address: server.host, userId });
      await registerContext(parts, id, server, await signIn(server, username));
      return id;
    },
    doctor: (change) => {
      const usual = { HOME: home, XDG_RUNTIME_DIR: runtime, PATH: usualPath(app.helper) };
      return doctorService(parts, { ...place, environment: { ...usual, ...change } }, app.registries);
    },
    run: async (program, args, further = {}) => {
      await rm(notes, { force: true });
      const result = await runTool(home, program, args, { ...env, ...further });
      const calls = await readFile(notes, 'utf8').catch(() => '');
      return { ...result, calls: calls.split('\n').filter((line) => line !== '') };
    },
    dispose: async () => {
      await agent.stop();
      await app.dispose();
    },
  };
}
