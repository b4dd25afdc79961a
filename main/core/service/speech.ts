import type { z } from 'zod';
import type { ErrorCode } from '../../../contracts/errors.ts';
import type { ApiErrorCode } from '../../../contracts/server-api/index.ts';
import type { Forms } from './client.ts';
import {
  artifactKeeperDone,
  artifactKeeperForms,
  type ArtifactKeeperCode,
} from './dialects/artifact-keeper.ts';
import { keyholdDone, keyholdForms } from './dialects/keyhold.ts';
import { tkeeperDone, tkeeperForms, type TkeeperCode } from './dialects/tkeeper.ts';

/** Codes of all dialects by which a service says why it refused. */
export type RefusalCode = ApiErrorCode | ArtifactKeeperCode | TkeeperCode;

/** How answers of one form of API are read. */
export interface Speech {
  forms: <Schema extends z.ZodType>(schema: Schema, maxValues?: number) => Forms<z.output<Schema>>;
  /** For requests whose success says nothing. */
  done: Forms<true>;
  /** What codes mean wherever they are answered, beside those of `isNotAccepted`. */
  usualCodes: Partial<Record<RefusalCode, ErrorCode>>;
}

/** The Keyhold API, and Kisenon's, which answers as it does. */
export const keyholdSpeech: Speech = {
  forms: keyholdForms,
  done: keyholdDone,
  usualCodes: {
    alpha_pending: 'approval_pending',
    password_change_required: 'password_change_required',
    email_not_allowed: 'email_not_allowed',
    scope_insufficient: 'beyond_scope',
    capability_insufficient: 'beyond_capability',
    role_insufficient: 'not_allowed',
    not_found: 'not_allowed',
  },
};

/** Artifact Keeper's API. */
export const artifactKeeperSpeech: Speech = {
  forms: artifactKeeperForms,
  done: artifactKeeperDone,
  usualCodes: {
    FORBIDDEN: 'not_allowed',
    NOT_FOUND: 'not_allowed',
    PASSWORD_CHANGE_REQUIRED: 'password_change_required',
  },
};

/** TKeeper's API. */
export const tkeeperSpeech: Speech = {
  forms: tkeeperForms,
  done: tkeeperDone,
  usualCodes: {
    ACCESS_DENIED: 'not_allowed',
    KEEPER_SEALED: 'keeper_sealed',
    KEEPER_NOT_INITIALIZED: 'keeper_not_initialized',
    KEY_NOT_FOUND: 'remote_key_not_found',
    INVALID_KEY_GENERATION: 'remote_key_not_found',
    KEY_APPLY_OPS_FORBIDDEN: 'remote_key_over',
    KEY_PROCESS_OPS_FORBIDDEN: 'remote_key_over',
  },
};
