import { z } from 'zod';
import { limits } from '../domain/limits.ts';
import { lockForecastSchema, type LockReason } from '../domain/lock.ts';
import { passphraseStrengthSchema } from '../domain/strength.ts';
import { call } from './define.ts';

/** `damaged` and `newer` vaults are left as they are; the file is never replaced by an empty one. */
const vaultStateSchema = z.enum(['missing', 'locked', 'unlocked', 'damaged', 'newer']);
export type VaultState = z.infer<typeof vaultStateSchema>;

export const passphraseSchema = z.string().max(limits.passphraseMax);

/** Why a vault may not open, whatever it is opened with. `vault_locked`: it was locked meanwhile. */
const openErrors = ['vault_missing', 'vault_locked', 'vault_damaged', 'vault_newer'] as const;

export const vaultCalls = {
  status: call({
    needs: 'nothing',
    request: z.undefined(),
    response: z.strictObject({
      state: vaultStateSchema,
      /** Milliseconds until the next unlock try is accepted; 0 when it is accepted now. */
      retryAfterMs: z.number().int().nonnegative(),
      /**
       * Whether the system keychain may open the vault; `automatic`: without being asked for, because the app just
       * started and nobody has locked the vault.
       */
      keychain: z.enum(['none', 'offered', 'automatic']),
      /** A `damaged` vault's file is whole, but not as Keyhold left it. */
      changed: z.boolean(),
      /** Whether there is a recovery code. */
      recovery: z.boolean(),
    }),
  }),
  /** How hard a new passphrase is to guess. Nothing is kept of it. */
  strength: call({
    needs: 'nothing',
    request: z.strictObject({ passphrase: passphraseSchema }),
    response: passphraseStrengthSchema,
  }),
  /** The keychain that could be used on this computer; null when there is none that really protects. */
  keychain: call({
    needs: 'nothing',
    request: z.undefined(),
    response: z.strictObject({ backend: z.string().nullable() }),
  }),
  /**
   * Makes the vault, with a recovery code that waits to be shown, and with the keychain's slot if `keychain` asks
   * for it: `failed` when the keychain did not take it; the vault is made nevertheless.
   */
  create: call({
    needs: 'nothing',
    request: z.strictObject({ passphrase: passphraseSchema, keychain: z.boolean() }),
    response: z.strictObject({ keychain: z.enum(['off', 'on', 'failed']), codeId: z.uuid() }),
    errors: ['vault_exists', 'vault_locked', 'passphrase_too_short', 'passphrase_too_weak'],
  }),
  unlock: call({
    needs: 'nothing',
    request: z.strictObject({ passphrase: passphraseSchema }),
    response: z.undefined(),
    errors: [...openErrors, 'wrong_passphrase', 'unlock_delayed'],
  }),
  unlockWithKeychain: call({
    needs: 'nothing',
    request: z.undefined(),
    response: z.undefined(),
    errors: [...openErrors, 'keychain_failed'],
  }),
  /** Opens the vault by its recovery code, as typed, and gives it a new passphrase. */
  recover: call({
    needs: 'nothing',
    request: z.strictObject({ code: z.string().max(limits.recoveryCodeMax), passphrase: passphraseSchema }),
    response: z.undefined(),
    errors: [
      ...openErrors,
      'unlock_delayed',
      'wrong_recovery_code',
      'recovery_code_mistyped',
      'passphrase_too_short',
      'passphrase_too_weak',
    ],
  }),
  /** When it locks by itself; null when it does not, or is locked. */
  lockForecast: call({ needs: 'nothing', request: z.undefined(), response: lockForecastSchema.nullable() }),
  lock: call({
    needs: 'nothing',
    request: z.strictObject({ by: z.enum(['click', 'shortcut']) satisfies z.ZodType<LockReason> }),
    response: z.undefined(),
  }),
};
