import { credentialNames, type CredentialKind } from '../../../contracts/domain/credential.ts';

/** What signing out of a context, and removing it, do to the credential that signs it in. */
interface LossWords {
  /** What the service is asked, after “SERVICE is asked”. */
  asked: string;
  deleted: string;
  /** What is deleted with the context, within a sentence. */
  removed: string;
  /** What the service still has once it is removed only, after the service's name. */
  kept: string;
}

const words: Readonly<Record<CredentialKind, LossWords>> = {
  key: {
    asked: 'to revoke the key.',
    deleted: 'The private key is deleted from this computer and cannot be brought back.',
    removed: 'the private key of this context, which cannot be brought back',
    kept: 'keeps the public key on record. Sign out first to have it revoked, or revoke it on the dashboard’s keys page.',
  },
  'api-key': {
    asked: 'to revoke the API key. It is refused then wherever else it is used.',
    deleted: 'The API key is deleted from this computer.',
    removed: 'the API key of this context, which nobody can show again',
    kept: 'goes on accepting the API key. Sign out first to have it revoked, or revoke it on the API keys page.',
  },
  session: {
    asked: 'to end the session.',
    deleted: 'What signed in is deleted from this computer.',
    removed: 'what signs this context in',
    kept: 'keeps the session until it ends by itself. Sign out first to end it at once.',
  },
};

/** For contexts that sign in by credentials of several kinds. */
const mixed: Pick<LossWords, 'asked' | 'deleted'> = {
  asked: 'to revoke the key or API key, or to end the session.',
  deleted: 'What signed in is deleted from this computer and cannot be brought back.',
};

/** What is lost with a context's credential. */
export function lossOf(credential: CredentialKind | null): LossWords {
  return words[credential ?? 'key'];
}

/** What is lost with the credentials of many contexts. */
export function lossOfAll(credentials: readonly (CredentialKind | null)[]): typeof mixed {
  const [first = null, ...others] = new Set(credentials);
  return others.length === 0 ? lossOf(first) : mixed;
}

/** What signing out does, in a sentence. */
export function signOutWords(credential: CredentialKind | null): string {
  return credential === 'session'
    ? 'Signing out ends the session.'
    : `Signing out revokes and deletes the ${credentialNames[credential ?? 'key']}.`;
}
