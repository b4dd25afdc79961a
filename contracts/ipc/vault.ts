import { z } from 'zod';
import { limits } from '../domain/limits.ts';
import type { LockReason } from '../domain/lock.ts';
import { call } from './define.ts';

/** `damaged` and `newer` vaults are left as they are; the file is never replaced by an empty one. */
export const vaultStateSchema = z.enum(['missing', 'locked', 'unlocked', 'damaged', 'newer']);
export type VaultState = z.infer<typeof vaultStateSchema>;

const passphraseSchema = z.string().max(limits.passphraseMax);

export const vaultCalls = {
  status: call({
    request: z.undefined(),
    response: z.strictObject({
      state: vaultStateSchema,
      /** Milliseconds until the next unlock try is accepted; 0 when it is accepted now. */
      retryAfterMs: z.number().int().nonnegative(),
    }),
    errors: [],
  }),
  create: call({
    request: z.strictObject({ passphrase: passphraseSchema }),
    response: z.undefined(),
    errors: ['vault_exists', 'passphrase_too_short'],
  }),
  unlock: call({
    request: z.strictObject({ passphrase: passphraseSchema }),
    response: z.undefined(),
    errors: ['vault_missing', 'wrong_passphrase', 'unlock_delayed', 'vault_damaged', 'vault_newer'],
  }),
  lock: call({
    request: z.strictObject({ by: z.enum(['click', 'shortcut']) satisfies z.ZodType<LockReason> }),
    response: z.undefined(),
    errors: [],
  }),
};
