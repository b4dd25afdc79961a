import type { SessionForm } from '../kind/kind.ts';
import { jwtRequests } from './jwt-requests.ts';
import { refreshTokenRequests } from './refresh-token-requests.ts';
import type { SessionRequests } from './session-form.ts';

/** What is asked of services, by the form of the session. */
export const sessionRequests: Readonly<Record<SessionForm, SessionRequests>> = {
  jwt: jwtRequests,
  'refresh-token': refreshTokenRequests,
};
