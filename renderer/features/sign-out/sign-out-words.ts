import type { CredentialKind } from '../../../contracts/domain/credential.ts';
import type { RegistryClient } from '../../../contracts/domain/registry-client.ts';
import type {
  RevokedCredential,
  SetUpLeft,
  SignOutReport,
  SignOutResult,
} from '../../../contracts/ipc/sign-out.ts';
import { counted, exactTime, shortFingerprint } from '../../lib/format.ts';
import { clientFileNames, clientNames, registryClients } from '../registries/client-words.ts';

function lowerFirst(name: string): string {
  return name === 'API key' ? name : name.charAt(0).toLowerCase() + name.slice(1);
}

export interface Step {
  tone: 'good' | 'warning' | 'error';
  words: string;
}

function isOpen({ revocation }: RevokedCredential): boolean {
  return revocation === 'unreachable' || revocation === 'refused';
}

/** Whether a key may still be valid on the service: its private part is gone, so that only a person can revoke it. */
export function needsRevoking({ credentials }: SignOutResult): boolean {
  return credentials.some((each) => each.kind === 'key' && isOpen(each));
}

/** Whether an API key or a session may still be valid there, which Keyhold goes on trying to end. */
export function isLeft({ credentials }: SignOutResult): boolean {
  return credentials.some((each) => each.kind !== 'key' && isOpen(each));
}

/** What was done for a context, and what could not be, with what to do. */
export function stepsOf(result: SignOutResult): Step[] {
  const { context, done, credentials, setUps } = result;
  const kind = credentials[0]?.kind;
  // Of what was over already, nothing is said: its kind is not known here.
  const name = kind === undefined ? 'What signed in' : localNames[kind];
  const kept = isLeft(result);
  const local: Step = done
    ? {
        tone: 'good',
        words: kept
          ? `${name} is not used here any more.`
          : `${name} ${kind === undefined ? 'was ' : ''}deleted from this computer.`,
      }
    : {
        tone: 'error',
        words: `Keyhold could not write its files, so the ${lowerFirst(name)} is still here. Make room on the disk, then sign out again.`,
      };
  const undone = registryClients.flatMap((client) => setUpSteps(client, setUps[client], context.host));
  return [...credentials.map((each) => revocationStep(each, result)), local, ...undone];
}

/** What lies on this computer of each kind. */
const localNames: Readonly<Record<CredentialKind, string>> = {
  key: 'Private key',
  'api-key': 'API key',
  session: 'Session',
  pasted: 'Token',
};

/** What is done about a credential that is not revoked. */
function cureOf(kind: CredentialKind, hasDashboard: boolean): string {
  if (kind !== 'key') return 'Keyhold keeps it sealed for that and asks again by itself, see Settings.';
  const who = hasDashboard ? 'Revoke it on the dashboard' : 'Ask whoever runs the service to revoke it';
  return `${who}; until then tokens that it signed stay valid.`;
}

function nameOf({ kind, label, fingerprint }: RevokedCredential): string {
  const name = kind === 'key' ? 'Key' : localNames[kind];
  if (label === null) return name;
  return fingerprint === null
    ? `${name} “${label}”`
    : `${name} “${label}” (${shortFingerprint(fingerprint)})`;
}

function revocationStep(credential: RevokedCredential, { context }: SignOutResult): Step {
  const { kind, revocation, endsAt } = credential;
  const key = nameOf(credential);
  const cure = cureOf(kind, context.hasDashboard);
  const revoked = kind === 'session' ? 'ended' : 'revoked';
  switch (revocation) {
    case 'revoked':
      return { tone: 'good', words: `${key} ${revoked} by ${context.serviceName}.` };
    case 'not_registered':
      return { tone: 'good', words: `${key} was not valid on ${context.serviceName} any more.` };
    case 'unreachable':
      return {
        tone: 'warning',
        words: `${key} not ${revoked}: ${context.serviceName} could not be reached. ${cure}`,
      };
    case 'refused':
      return { tone: 'warning', words: `${key} not ${revoked}: ${context.serviceName} refused. ${cure}` };
    case 'not_possible': {
      const end = endsAt === undefined ? 'its server is given another one' : exactTime(endsAt);
      return {
        tone: 'good',
        words: `Nothing ends it at ${context.serviceName} before its time: a copy of it elsewhere is good until ${end}.`,
      };
    }
  }
}

function setUpSteps(client: RegistryClient, left: SetUpLeft, host: string): Step[] {
  const name = clientNames[client];
  switch (left) {
    case 'none':
      return [];
    case 'undone':
      return [{ tone: 'good', words: `${name} no longer asks Keyhold for ${host}.` }];
    case 'kept':
      return [
        {
          tone: 'good',
          words: `${name} stays set up for your other account on ${host}. If this one answered there, nothing does until you choose it under Registries.`,
        },
      ];
    case 'failed':
      return [
        {
          tone: 'warning',
          words: `${name}’s set-up for ${host} could not be undone. Repair or free ${clientFileNames[client]}, then choose Undo on the Registries page.`,
        },
      ];
  }
}

/** Whether a client's file could not be given back. */
function isStillSetUp({ setUps }: SignOutResult): boolean {
  return registryClients.some((client) => setUps[client] === 'failed');
}

/** The whole in a line or two. */
export function outcomeOf({ results, left }: SignOutReport): {
  tone: 'good' | 'warning' | 'error';
  title: string;
  text: string;
} {
  const stuck = results.filter(({ done }) => !done).length;
  const open = results.filter((result) => needsRevoking(result) || isStillSetUp(result)).length;
  const later = results.filter(isLeft).length;
  const kept = left === 0 ? '' : ` ${counted(left, 'context was', 'contexts were')} left as before.`;
  if (stuck > 0) {
    return {
      tone: 'error',
      title: `${counted(stuck, 'context is', 'contexts are')} still signed in`,
      text: `See below for what to do.${kept}`,
    };
  }
  if (open > 0) {
    return {
      tone: 'warning',
      title: 'Signed out, with something left to do',
      text: `${counted(open, 'context needs', 'contexts need')} a step from you, see below.${kept}`,
    };
  }
  if (later > 0) {
    return {
      tone: 'warning',
      title: 'Signed out, but not everything is revoked yet',
      text: `Keyhold goes on trying for ${counted(later, 'context', 'contexts')}; Settings shows what is left.${kept}`,
    };
  }
  return {
    tone: 'good',
    title: `Signed out of ${counted(results.length, 'context', 'contexts')}`,
    text: `Nothing is left to do.${kept}`,
  };
}
