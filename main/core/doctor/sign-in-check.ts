import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { credentialNames } from '../../../contracts/domain/credential.ts';
import { limits } from '../../../contracts/domain/limits.ts';
import { registryClients } from '../../../contracts/domain/registry-client.ts';
import type { ContextStatus } from '../../../contracts/ipc/contexts.ts';
import { KeyholdError } from '../../../contracts/errors.ts';
import type { ContextService } from '../contexts/context-service.ts';
import { Turns } from '../lib/turns.ts';
import { forPerson, ok, type Check, type Found, type CheckInput } from './finding.ts';

interface Deps {
  contexts: Pick<ContextService, 'status'>;
}

/** Services that are asked at most, and how many of them at the same time. */
const mostAsked = 20;
const atOnce = 4;

interface Asked {
  host: string;
  /** Null for a context that went away meanwhile. */
  status: ContextStatus | null;
}

/** A token for each service, made now and shown to it: whether it is accepted, and how the clocks differ. */
export function signInCheck({ contexts }: Deps): Check {
  return async ({ registries }) => {
    const turns = new Turns(atOnce);
    const asked: Asked[] = await Promise.all(
      registries.slice(0, mostAsked).map(async (registry) => ({
        host: registry.host,
        status: await turns.take(() => statusOf(contexts, registry)),
      })),
    );
    const answers = asked.flatMap(({ host, status }) =>
      status === null ? [] : [aboutSignIn(host, status.context)],
    );
    return [...clockOf(asked), ...answers.sort((a, b) => (a.id < b.id ? -1 : 1))];
  };
}

/** What is wrong with the sign-ins by what the services said last: none is asked. */
export function lastSignInCheck({ contexts }: { contexts: Pick<ContextService, 'list'> }): Check {
  return ({ registries }) => {
    const known = new Map(contexts.list().map((context) => [context.id, context]));
    return registries.flatMap(({ host, contextId }) => {
      const context = known.get(contextId);
      const state = context?.signIn.state ?? 'unknown';
      if (context === undefined || state === 'unknown' || state === 'signed_in') return [];
      return [aboutSignIn(host, context)];
    });
  };
}

async function statusOf(
  contexts: Deps['contexts'],
  { contextId }: CheckInput['registries'][number],
): Promise<ContextStatus | null> {
  try {
    return await contexts.status(contextId);
  } catch (error) {
    if (error instanceof KeyholdError && error.code === 'context_not_found') return null;
    throw error;
  }
}

/** The service whose clock differs most. */
function clockOf(asked: readonly Asked[]): Found[] {
  const known = asked.flatMap(({ host, status }) => {
    const seconds = status?.clockSkewSeconds ?? null;
    return seconds === null ? [] : [{ host, seconds }];
  });
  const worst = known.sort((a, b) => Math.abs(b.seconds) - Math.abs(a.seconds))[0];
  if (worst === undefined) return [];
  const about = { id: 'clock', subject: 'Clock' };
  const difference = `${Math.abs(worst.seconds).toLocaleString('en')} s`;
  if (Math.abs(worst.seconds) <= limits.clockSkew) {
    return [ok({ ...about, found: `It agrees with your services, within ${difference}.` })];
  }
  const side = worst.seconds > 0 ? 'behind' : 'ahead of';
  // Tokens are back-dated, so that a little more may still pass.
  const refused = asked.some(({ status }) => status?.context.signIn.state === 'refused');
  return [
    forPerson(
      {
        ...about,
        state: refused ? 'broken' : 'warning',
        found: `This computer’s clock is ${difference} ${side} ${worst.host}.`,
        why: 'Services refuse tokens that seem to be from the future or over.',
      },
      'Turn on automatic date and time in your system’s settings, or:',
      'sudo timedatectl set-ntp true',
    ),
  ];
}

/** What became of the credential that signs a context in, and what to do. */
function endedWords({ credential, signIn, name }: ContextSummary): [found: string, cure: string] {
  const isOver = signIn.state === 'expired';
  if (credential !== null && credential !== 'key') {
    const kind = credentialNames[credential];
    const found = isOver
      ? `The ${kind} has ended.`
      : `The service does not accept the ${kind}${credential === 'pasted' ? '.' : ': it was revoked.'}`;
    return [found, `Open Status for ${name} and sign in again.`];
  }
  if (isOver) return ['The key has expired.', `Open Keys for ${name} and rotate it.`];
  const found = 'The service does not know the key: it was revoked or never registered.';
  return [found, `Make a new key for ${name} under Keys, and register it.`];
}

const why = 'It gives nothing to Podman and Docker until it accepts the token.';

function aboutSignIn(host: string, context: ContextSummary): Found {
  const about = { id: `sign_in:${host}`, subject: `Sign-in to ${host}` };
  const touches = { clients: registryClients, hosts: [host] };
  const broken = { ...about, why, touches, state: 'broken' } as const;
  switch (context.signIn.state) {
    case 'signed_in':
      return ok({ ...about, found: `A fresh token is accepted, for ${context.userId}.` });
    case 'waiting':
      return forPerson(
        { ...broken, found: 'The service knows the account, and an operator has to approve it.' },
        'Ask whoever runs the service to approve it, then check again.',
      );
    case 'not_accepted':
    case 'unknown':
    case 'expired': {
      const [found, cure] = endedWords(context);
      return forPerson({ ...broken, found }, cure);
    }
    case 'unreachable':
      return forPerson(
        { ...broken, found: 'The service did not answer.' },
        'Check your network and your VPN, then check again.',
      );
    case 'foreign':
      return forPerson(
        { ...broken, found: 'Something else than the service answers there.' },
        'A network that wants a sign-in of its own does that. Check with whoever runs the service.',
      );
    case 'refused':
      return forPerson(
        { ...broken, found: 'The service refused a fresh token.' },
        'Mend the clock if it is off; else ask whoever runs the service.',
      );
  }
}
