import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import { diskFileRights } from '../adapters/file-rights.ts';
import { procCallers, unknownCallers } from '../adapters/process-callers.ts';
import { systemPrograms } from '../adapters/programs.ts';
import { AgentServer } from '../agent/agent-server.ts';
import { CommandService } from '../agent/command-service.ts';
import { CredentialService } from '../agent/credential-service.ts';
import { agentSocketPath } from '../agent/socket-path.ts';
import type { ApprovalService } from '../core/approvals/approval-service.ts';
import { DoctorService } from '../core/doctor/doctor-service.ts';
import type { LockController } from '../core/lock/lock-controller.ts';
import { doctorHandlers } from '../ipc/doctor.ts';
import { registriesHandlers } from '../ipc/registries.ts';
import type { Base } from './base.ts';

interface ProgramsPlatform {
  homeFolder: string;
  environment: Readonly<Record<string, string | undefined>>;
  versions: { app: string; platform: string };
  /** The number of the user whom the app belongs to; any on Windows, which has none. */
  userId: number;
}

interface ProgramsDeps extends Base {
  approvals: ApprovalService;
  lock: LockController;
}

interface Programs {
  agent: AgentServer;
  handlers: Pick<IpcHandlers, 'registries' | 'doctor'>;
}

/** Builds what other programs talk to, the agent, and the Doctor, which finds out why they do not get through. */
export function buildPrograms(platform: ProgramsPlatform, deps: ProgramsDeps): Programs {
  const { environment, homeFolder, userId, versions } = platform;
  const { registries, contexts, logger, lock } = deps;
  const doctor = new DoctorService({
    ...deps,
    environment,
    homeFolder,
    rights: diskFileRights(logger),
    programs: systemPrograms(environment),
    systemFolder: '/etc',
    platform: versions.platform,
    userId,
    agent: { state: () => agent.state(), restart: () => agent.restart() },
  });
  const agent: AgentServer = new AgentServer({
    socketPath: agentSocketPath(environment, versions.platform, homeFolder),
    credentials: new CredentialService(deps),
    commands: new CommandService({
      ...deps,
      doctor,
      version: versions.app,
      lock: () => lock.lock('command'),
      lockForecast: () => lock.forecast(),
    }),
    callers: versions.platform === 'linux' ? procCallers : unknownCallers,
    logger,
  });
  return {
    agent,
    handlers: {
      registries: registriesHandlers({ registries, contexts, doctor, agent }),
      doctor: doctorHandlers({ doctor, clipboard: deps.plainClipboard }),
    },
  };
}
