import { join } from 'node:path';
import { diskSmallFiles } from '../../main/adapters/small-files.ts';
import { fetchHttpClient } from '../../main/adapters/http-client.ts';
import { fileLogger } from '../../main/adapters/logger.ts';
import { DiskTextFiles } from '../../main/adapters/text-files.ts';
import { KeeperService } from '../../main/core/keeper/keeper-service.ts';
import { KeyChanges } from '../../main/core/keeper/key-changes.ts';
import { KeyUses } from '../../main/core/keeper/key-uses.ts';
import type { Clock } from '../../main/core/ports.ts';
import type { HttpClient } from '../../main/core/ports/http.ts';
import { ServiceCalls } from '../../main/core/service/service-calls.ts';
import { tkeeperSpeech } from '../../main/core/service/speech.ts';
import type { SignInParts } from '../unit/main/signin/sign-in-parts.ts';
import { devToken } from './keeper-rig.ts';

/** The app's services of a keeper's keys, around a vault of a test's own. Dialogs are answered with what a test chose. */
export function appKeeper(parts: SignInParts, clock: Clock, http: HttpClient = fetchHttpClient(fetch)) {
  const chosen: { open: string | null; save: string | null } = { open: null, save: null };
  const service = new ServiceCalls({ http, clock, contexts: parts.contexts }, tkeeperSpeech);
  const deps = { ...parts, clock, service };
  const keeper = new KeeperService(deps);
  return {
    chosen,
    keeper,
    changes: new KeyChanges({ ...deps, keeper }),
    uses: new KeyUses({
      ...deps,
      dialogs: {
        open: () =>
          Promise.resolve(
            chosen.open === null ? null : { path: join(parts.folder, chosen.open), name: chosen.open },
          ),
        save: () => Promise.resolve(chosen.save === null ? null : join(parts.folder, chosen.save)),
      },
      files: new DiskTextFiles(fileLogger(parts.folder, 'silent')),
      smallFiles: diskSmallFiles,
    }),
  };
}
export type AppKeeper = ReturnType<typeof appKeeper>;

/** A context that the keeper's dev token signs in. @returns Its id. */
export async function addKeeper(
  parts: SignInParts,
  { host }: { host: string },
  token = devToken,
): Promise<string> {
  const chosen = { address: host, name: 'Keeper', setUpPodman: false, setUpDocker: false };
  const by = { kind: 'pasted', form: 'dev-token', secret: token, endsAt: null, audience: null } as const;
  const signedIn = { userId: 'dev-mode', org: null, by };
  return (await parts.contexts.additions.addSignedIn({ ...chosen, signedIn })).id;
}
