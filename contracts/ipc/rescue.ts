import { z } from 'zod';
import { call } from './define.ts';

/** Name of a dated copy, which is also its id: its UTC day, with the time where it was not the day's first. */
const copyNameSchema = z.string().regex(/^vault-\d{4}-\d{2}-\d{2}(T\d{6}Z)?\.db$/);

/** A copy of the vault file that passes the checks. It tells how much is in it, not what. */
const vaultCopySchema = z.strictObject({
  copy: copyNameSchema,
  /** UTC day, `YYYY-MM-DD`. */
  day: z.string(),
  /** Time of the last thing that is in it (RFC 3339). */
  upTo: z.string(),
  contexts: z.number().int().nonnegative(),
  credentials: z.number().int().nonnegative(),
});
export type VaultCopy = z.infer<typeof vaultCopySchema>;

/** For a vault file that is damaged or gone. Otherwise nothing here does anything. */
export const rescueCalls = {
  /** The good copies, newest first; none while the vault is well. */
  copies: call({ needs: 'nothing', request: z.undefined(), response: z.array(vaultCopySchema) }),
  /** Sets the damaged file aside and puts a copy in its place. */
  useCopy: call({
    needs: 'nothing',
    request: z.strictObject({ copy: copyNameSchema }),
    response: z.undefined(),
    errors: ['rescue_not_needed', 'copy_gone'],
  }),
  /** Sets the damaged file aside, so that a new vault can be made. */
  setAside: call({
    needs: 'nothing',
    request: z.undefined(),
    response: z.undefined(),
    errors: ['rescue_not_needed'],
  }),
  /** Looks at the file anew, as a start of the app would. */
  checkAgain: call({ needs: 'nothing', request: z.undefined(), response: z.undefined() }),
};
