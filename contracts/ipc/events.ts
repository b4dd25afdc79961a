import { z } from 'zod';
import { contextIdSchema } from '../domain/context.ts';
import { organizationListSchema } from '../domain/organization-list.ts';
import { errorCodes } from '../errors.ts';
import { signOutProgressSchema } from './sign-out.ts';
import { backupProgressSchema } from './backup.ts';
import { browserSignInSchema } from './browser-sign-in.ts';
import { waitStateSchema } from './signin.ts';

/** What main tells the window unasked. Events without a payload say only that something should be read again. */
export const events = {
  vaultChanged: z.undefined(),
  contextsChanged: z.undefined(),
  /** What is known of a context's sign-in: read the contexts again, but do not ask a service because of it. */
  signInChanged: z.undefined(),
  tokensChanged: z.undefined(),
  registriesChanged: z.undefined(),
  activityChanged: z.undefined(),
  approvalsChanged: z.undefined(),
  /** For the approval window: another question is the first now, or it changed. */
  questionsChanged: z.undefined(),
  settingsChanged: z.undefined(),
  /** What was asked for outside the window, in the tray, has failed. */
  actionFailed: z.strictObject({ code: z.enum(errorCodes) }),
  keysChanged: z.undefined(),
  /** A `keyhold://` link was opened, or closed. */
  linksChanged: z.undefined(),
  /** Somebody changed something in the organization that a context acts in: which of its lists to read again. */
  organizationChanged: z.strictObject({ contextId: contextIdSchema, lists: z.array(organizationListSchema) }),
  backupProgress: backupProgressSchema,
  waitChanged: waitStateSchema,
  browserSignInChanged: browserSignInSchema.nullable(),
  /** What was left and is not revoked yet. */
  unrevokedChanged: z.undefined(),
  signOutProgress: signOutProgressSchema,
};
