import { accountErrors } from '../features/accounts/errors.ts';
import { apiTokenErrors } from '../features/api-tokens/errors.ts';
import { apiKeyErrors } from '../features/api-keys/errors.ts';
import { memberErrors } from '../features/members/errors.ts';
import { orgErrors } from '../features/orgs/errors.ts';
import { projectErrors } from '../features/projects/errors.ts';
import { backupErrors } from '../features/backup/errors.ts';
import { botErrors } from '../features/bots/errors.ts';
import { contextErrors } from '../features/contexts/errors.ts';
import { accessErrorWords } from '../features/access/errors.ts';
import { grantErrors } from '../features/grants/errors.ts';
import { groupErrors } from '../features/groups/errors.ts';
import { imageErrors } from '../features/images/errors.ts';
import { keyErrors } from '../features/keys/errors.ts';
import { remoteKeyErrors } from '../features/remote-keys/errors.ts';
import { ruleErrors } from '../features/rules/errors.ts';
import { registryErrors } from '../features/registries/errors.ts';
import { signInErrors } from '../features/signin/errors.ts';
import { tokenErrors } from '../features/tokens/errors.ts';
import { vaultErrors } from '../features/vault/errors.ts';
import { userErrors } from '../features/users/errors.ts';
import type { ErrorWords } from '../lib/error-text.ts';

/** Words for what every call can answer. */
const generalErrors = {
  invalid_request: ({ field }) => ({
    title: 'That entry was not accepted',
    // A path into what was sent, such as `changes.0.principal`, is the name of no field that anybody sees.
    advice:
      field === undefined || field.includes('.')
        ? 'Check what you entered, then try again.'
        : `Check the field “${field}”, then try again.`,
  }),
  forbidden_sender: {
    title: 'The request was blocked',
    advice: 'It did not come from Keyhold’s own window. Close Keyhold and start it again.',
  },
  internal: {
    title: 'Keyhold could not finish this',
    advice: 'Try again. If it keeps happening, start Keyhold again; its log file names the cause.',
  },
  storage_failed: {
    title: 'Keyhold could not use its files',
    advice:
      'Make sure that the disk has free space and that Keyhold’s data folder is yours to read and write, then try again.',
  },
  nothing_to_copy: {
    title: 'There is no command to copy any more',
    advice: 'Check again: what it was for has changed.',
  },
  not_confirmed: {
    title: 'Nothing was changed',
    advice:
      'Keyhold asks in a window of its own, and you said no or did not answer within a minute. After three noes it asks no more for ten minutes, or until you lock and unlock it.',
  },
} satisfies Partial<ErrorWords>;

/** Words for every error that can cross the border, each from its feature. A code without words does not compile. */
export const errorWords: ErrorWords = {
  ...generalErrors,
  ...vaultErrors,
  ...backupErrors,
  ...remoteKeyErrors,
  ...ruleErrors,
  ...contextErrors,
  ...keyErrors,
  ...signInErrors,
  ...tokenErrors,
  ...registryErrors,
  ...botErrors,
  ...accessErrorWords,
  ...grantErrors,
  ...imageErrors,
  ...projectErrors,
  ...orgErrors,
  ...memberErrors,
  ...apiKeyErrors,
  ...accountErrors,
  ...userErrors,
  ...groupErrors,
  ...apiTokenErrors,
};
