import { KeyholdError } from '../../contracts/errors.ts';
import type { AccessPrincipalSummary } from '../../contracts/ipc/access.ts';
import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { RepositoryAction } from '../../contracts/server-api/repositories.ts';
import { explanationOf, factsOf } from './world-access.ts';
import type { World } from './world.ts';

/** What keys and tokens can do, each of them: what `holder` may do, of that what `actions` names. */
export interface CredentialsWorld {
  accessCredential: { holder: string; actions: RepositoryAction[] };
}

type CredentialCalls = Pick<IpcHandlers['access'], 'credentialCan' | 'explainCredential'>;

export function credentialHandlers(world: World): CredentialCalls {
  const holder = (): AccessPrincipalSummary => {
    const found = world.accessPrincipals.find(({ reference }) => reference === world.accessCredential.holder);
    if (found === undefined) throw new KeyholdError('credential_gone');
    return found;
  };
  const isGoodFor = (action: RepositoryAction): boolean => world.accessCredential.actions.includes(action);
  return {
    credentialCan: () => {
      const who = holder();
      return {
        holder: who,
        isWhole: world.accessWhole,
        repositories: world.accessRepositories.flatMap((repository) => {
          const { actions } = factsOf(world, who, repository.name);
          if (actions.length === 0) return [];
          const withheld = actions.filter((action) => !isGoodFor(action));
          return [{ ...repository, actions: actions.filter(isGoodFor), withheld }];
        }),
      };
    },
    explainCredential: ({ repository }) => {
      const { actions, because, ...explanation } = explanationOf(world, holder(), repository);
      return {
        ...explanation,
        actions: actions.filter(isGoodFor),
        because: because.map((each) =>
          each.allowed && !isGoodFor(each.action)
            ? { ...each, allowed: false, by: [{ kind: 'limit' as const }], until: null }
            : each,
        ),
      };
    },
  };
}
