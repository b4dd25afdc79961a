import { defaultSettings } from '../../contracts/domain/settings.ts';
import { systemClock } from '../../main/adapters/clock.ts';
import { diskFileRights } from '../../main/adapters/file-rights.ts';
import { fileLogger } from '../../main/adapters/logger.ts';
import { systemPrograms } from '../../main/adapters/programs.ts';
import { DiskTextFiles } from '../../main/adapters/text-files.ts';
import type { AgentServer } from '../../main/agent/agent-server.ts';
import { CommandService } from '../../main/agent/command-service.ts';
import { DoctorService } from '../../main/core/doctor/doctor-service.ts';
import { LockController } from '../../main/core/lock/lock-controller.ts';
import { registryService } from '../unit/main/registries/registry-parts.ts';
import type { SignInParts } from '../unit/main/signin/sign-in-parts.ts';

interface Place {
  home: string;
  /** Of the app; its PATH decides which programs there are. */
  environment: Readonly<Record<string, string | undefined>>;
  agent: () => Pick<AgentServer, 'state' | 'restart'>;
}

/** The Doctor over the app's own parts. The system's own configuration is looked for in the home. */
export function doctorService(
  parts: SignInParts,
  { home, environment, agent }: Place,
  registries = registryService(parts, home),
): DoctorService {
  const logger = fileLogger(home, 'silent');
  return new DoctorService({
    registries,
    contexts: parts.contexts,
    activity: parts.activity,
    files: new DiskTextFiles(logger),
    rights: diskFileRights(logger),
    programs: systemPrograms(environment),
    environment,
    homeFolder: home,
    systemFolder: `${home}/etc`,
    platform: process.platform,
    userId: process.getuid?.() ?? 0,
    agent: { state: () => agent().state(), restart: () => agent().restart() },
  });
}

/** The commands of `keyhold` over the app's own parts. */
export function commandService(parts: SignInParts, place: Place, version: string): CommandService {
  const controller = new LockController({
    vault: parts.vault,
    tokens: parts.tokens,
    clock: systemClock,
    signals: [],
    idle: { seconds: () => 0 },
    settings: () => ({ ...defaultSettings, programsKeepOpenMinutes: 60 }),
  });
  return new CommandService({
    ...parts,
    doctor: doctorService(parts, place),
    version,
    lock: () => {
      controller.lock('command');
    },
    lockForecast: () => controller.forecast(),
  });
}
