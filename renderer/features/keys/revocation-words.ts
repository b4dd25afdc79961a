import type { Revocation } from '../../../contracts/ipc/sign-out.ts';

/** What became of a key on its service, as a sentence. */
export const revocationWords: Readonly<Record<Revocation, string>> = {
  revoked: 'The service has revoked it.',
  not_registered: 'The service did not know it, or had revoked it before.',
  unreachable: 'The service could not be reached: it may still list the key. Revoke it on the dashboard.',
  refused: 'The service did not revoke it. Revoke it on the dashboard.',
};
