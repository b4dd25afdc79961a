import { KeyholdError } from '../../../contracts/errors.ts';
import type { Finding } from '../../../contracts/ipc/doctor.ts';
import type { Registry } from '../../../contracts/ipc/registries.ts';
import type { ActivityLog } from '../activity/activity-log.ts';
import type { ContextService } from '../contexts/context-service.ts';
import type { FileRights, Programs, TextFiles } from '../ports.ts';
import type { RegistryOverview, RegistryService } from '../registries/registry-service.ts';
import { accountsCheck } from './accounts-check.ts';
import { agentCheck, type AgentControl } from './agent-check.ts';
import { entriesCheck } from './entries-check.ts';
import { withTroubles } from './entry-troubles.ts';
import { environmentCheck } from './environment-check.ts';
import type { Check, Found } from './finding.ts';
import { answerCheck, helperCheck } from './helper-check.ts';
import { passwordsCheck } from './passwords-check.ts';
import { podmanFilesCheck } from './podman-files-check.ts';
import { registriesConfCheck } from './registries-conf-check.ts';
import { lastSignInCheck, signInCheck } from './sign-in-check.ts';
import { terminalCheck, type Terminal } from './terminal-check.ts';

interface DoctorDeps {
  registries: Pick<RegistryService, 'list' | 'setUp' | 'installHelper'>;
  contexts: Pick<ContextService, 'status' | 'list' | 'useAccount'>;
  activity: Pick<ActivityLog, 'append'>;
  agent: AgentControl;
  files: TextFiles;
  rights: FileRights;
  programs: Programs;
  /** The environment that the app was started with. */
  environment: Readonly<Record<string, string | undefined>>;
  homeFolder: string;
  /** Folder of the system's own configuration: `/etc`. */
  systemFolder: string;
  /** As `process.platform` names it. */
  platform: string;
  /** The number of the user whom the app belongs to; any on Windows, which has none. */
  userId: number;
}

const weights = { broken: 0, warning: 1, ok: 2 } as const;

/** Finds out why sign-in through Keyhold does not work, and mends what it can: docs/credential-helper.md. */
export class DoctorService {
  readonly #deps: DoctorDeps;
  readonly #checks: readonly Check[];
  readonly #withoutEnvironment: readonly Check[];
  /** The checks that start no program and ask no service. */
  readonly #quiet: readonly Check[];
  #last: readonly Found[] = [];

  constructor(deps: DoctorDeps) {
    this.#deps = deps;
    const installed = [agentCheck(deps), helperCheck(deps)];
    const files = [accountsCheck(deps), entriesCheck(deps), podmanFilesCheck(deps), passwordsCheck(deps)];
    const asking = [answerCheck(deps), registriesConfCheck(deps, deps.programs), signInCheck(deps)];
    this.#withoutEnvironment = [...installed, ...files, ...asking];
    this.#checks = [environmentCheck(deps, deps.programs), ...this.#withoutEnvironment];
    const quiet = [environmentCheck(deps, null), registriesConfCheck(deps, null), lastSignInCheck(deps)];
    this.#quiet = [...installed, ...files, ...quiet];
  }

  /**
   * Looks at everything and changes nothing. What is broken comes first, then what is worth a look.
   *
   * @throws KeyholdError `vault_locked`, `storage_failed`
   */
  async run(): Promise<Finding[]> {
    this.#last = await this.#check(this.#checks, await this.#deps.registries.list());
    return this.#last.map(toFinding);
  }

  /**
   * The registries, each entry with what keeps it from working by the checks that start no program and ask no service.
   *
   * @returns `troubles`: how many things these checks found
   * @throws KeyholdError `vault_locked`, `storage_failed`
   */
  async overview(): Promise<
    Omit<RegistryOverview, 'registries'> & {
      registries: Registry[];
      troubles: { broken: number; warnings: number };
    }
  > {
    const overview = await this.#deps.registries.list();
    const found = await this.#check(this.#quiet, overview);
    const count = (state: Finding['state']): number => found.filter((each) => each.state === state).length;
    return {
      ...overview,
      registries: overview.registries.map((registry) => withTroubles(registry, found)),
      troubles: { broken: count('broken'), warnings: count('warning') },
    };
  }

  /**
   * As `run`, for whoever asks on the command line.
   *
   * @param terminal - Counts in place of the environment that the app was started with; null where it is not known.
   */
  async examine(terminal: Terminal | null): Promise<Finding[]> {
    const ofTerminal = terminal && [terminalCheck(terminal, this.#deps), ...this.#withoutEnvironment];
    return (await this.#check(ofTerminal ?? this.#checks, await this.#deps.registries.list())).map(toFinding);
  }

  /**
   * Mends what was found last, then checks everything again. A repair reads anew what it changes, and changes nothing
   * where it is no longer needed.
   *
   * @throws KeyholdError as `run`, and what the repair itself throws
   */
  async mend(id: string): Promise<Finding[]> {
    const finding = this.#last.find((found) => found.id === id);
    if (finding?.apply !== undefined && finding.mend?.by === 'keyhold') {
      await finding.apply();
      const detail = `${finding.subject}: ${finding.mend.label}`;
      this.#deps.activity.append({ kind: 'doctor.mended', contextName: null, detail });
    }
    return await this.run();
  }

  /**
   * The command of a finding of the last run that the person mends.
   *
   * @throws KeyholdError `nothing_to_copy`
   */
  command(id: string): string {
    const mend = this.#last.find((found) => found.id === id)?.mend;
    const command = mend?.by === 'person' ? mend.command : null;
    if (command === null) throw new KeyholdError('nothing_to_copy');
    return command;
  }

  async #check(checks: readonly Check[], overview: RegistryOverview): Promise<Found[]> {
    const states = new Map(this.#deps.contexts.list().map(({ id, state }) => [id, state]));
    const registries = overview.registries.filter(
      ({ answers, contextId }) => answers === 'this' && states.get(contextId) === 'active',
    );
    const found = await Promise.all(checks.map(async (check) => check({ overview, registries })));
    return found.flat().sort((a, b) => weights[a.state] - weights[b.state]);
  }
}

function toFinding({ id, state, subject, found, why, mend }: Found): Finding {
  return { id, state, subject, found, why, mend };
}
