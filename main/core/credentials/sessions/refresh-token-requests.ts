import { z } from 'zod';
import { logoutPath, refreshPath } from '../../../../contracts/server-api/artifact-keeper/session.ts';
import { askService } from '../../service/client.ts';
import { tokenPairAnswer } from '../../service/dialects/artifact-keeper-sign-in.ts';
import { artifactKeeperBody } from '../../service/dialects/artifact-keeper.ts';
import { readAnswer } from '../../service/read-answer.ts';
import type { SessionRequests } from './session-form.ts';

const renewTimeoutMs = 10_000;
const endTimeoutMs = 5000;

/** Refresh tokens (Artifact Keeper): `POST /api/v1/auth/refresh` uses one up, `POST /api/v1/auth/logout` ends its session. */
export const refreshTokenRequests: SessionRequests = {
  renew: (deps, origin, token) =>
    askService(
      deps,
      {
        method: 'POST',
        url: `${origin}${refreshPath}`,
        body: { refresh_token: token },
        timeoutMs: renewTimeoutMs,
      },
      { value: ({ text }) => readAnswer(text, tokenPairAnswer), refusal: artifactKeeperBody },
    ),
  end: (deps, origin, token) =>
    askService(
      deps,
      {
        method: 'POST',
        url: `${origin}${logoutPath}`,
        body: { refresh_token: token },
        timeoutMs: endTimeoutMs,
      },
      {
        // Nothing, or some object; a page is of a network that wants a sign-in.
        value: ({ text }) => text === '' || readAnswer(text, z.looseObject({})) !== null || null,
        refusal: artifactKeeperBody,
      },
    ),
  // Whatever is wrong with a refresh token, another try by it would find the same.
  isOver: ({ status }) => status === 401,
};
