import type { Capability } from '../../../../contracts/domain/capability.ts';
import { artifactKeeperCapabilities, type SignedInBy } from './artifact-keeper.ts';
import type { Dialect } from './dialect.ts';
import { keyholdCapabilities } from './keyhold.ts';
import { kisenonCapabilities } from './kisenon.ts';
import { tkeeperCapabilities } from './tkeeper.ts';

interface Offer extends SignedInBy {
  dialects: readonly Dialect[];
  hasRegistry: boolean;
  /** Null where the service does not describe itself, among others. */
  dashboardUrl: string | null;
}

/**
 * What a context can do at its service, by the dialects that it speaks and its credential is of: a keeper's token is good
 * for the keeper alone, and nothing else for that.
 */
export function capabilitiesOf({
  dialects: all,
  hasRegistry,
  dashboardUrl,
  ...signedIn
}: Offer): Capability[] {
  const dialects = all.filter((dialect) => dialect !== 'tkeeper');
  const isOfKeeper =
    signedIn.credential === 'pasted' || (signedIn.credential === null && dialects.length === 0);
  if (isOfKeeper) return all.includes('tkeeper') ? [...tkeeperCapabilities] : [];
  const provesLog = dialects.includes('keyhold');
  // What is recognised without a description speaks one dialect, and has no dashboard that anybody told of.
  const describesItself = dialects.length > 1 || dashboardUrl !== null;
  const found = dialects.flatMap((dialect): readonly Capability[] => {
    switch (dialect) {
      case 'keyhold':
        return keyholdCapabilities({ hasRegistry });
      case 'kisenon':
        return kisenonCapabilities;
      case 'artifact-keeper':
        return artifactKeeperCapabilities(signedIn, { provesLog, describesItself, hasRegistry });
      case 'access':
        return hasRegistry ? ['access'] : [];
    }
  });
  return [...new Set(found)];
}
