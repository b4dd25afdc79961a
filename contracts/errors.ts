import { z } from 'zod';
import { clientFileFaultSchema } from './domain/client-file.ts';
import { limits } from './domain/limits.ts';
import { registryClientSchema } from './domain/registry-client.ts';
import { keyFormSchema } from './domain/key-form.ts';
import { strengthHintSchema } from './domain/strength.ts';
import { originSchema } from './server-api/primitives.ts';

/**
 * The closed list of what can go wrong between the window and the main process. The window owns the words
 * for each code; neither messages nor paths nor stacks cross the border.
 */
export const errorCodes = [
  'invalid_request',
  'forbidden_sender',
  'internal',
  'storage_failed',
  'vault_exists',
  'vault_missing',
  'vault_locked',
  'vault_damaged',
  'vault_newer',
  'wrong_passphrase',
  'unlock_delayed',
  'rescue_not_needed',
  'copy_gone',
  'backup_unreadable',
  'backup_foreign',
  'backup_damaged',
  'backup_newer',
  'backup_too_large',
  'backup_wrong_passphrase',
  'backup_gone',
  'passphrase_too_short',
  'passphrase_too_weak',
  'wrong_recovery_code',
  'recovery_code_mistyped',
  'recovery_code_gone',
  'keychain_failed',
  'print_failed',
  'invalid_address',
  'insecure_origin',
  'service_not_confirmed',
  'server_unreachable',
  'not_a_keyhold_server',
  'another_origin',
  'sign_in_not_offered',
  'invalid_user_id',
  'name_taken',
  'already_added',
  'context_not_found',
  'key_not_registered',
  'key_not_found',
  'key_expired',
  'api_key_refused',
  'api_key_expired',
  'session_expired',
  'approval_pending',
  'email_not_allowed',
  'other_account',
  'signs_in_otherwise',
  'key_known',
  'expiry_passed',
  'rotation_open',
  'rotation_over',
  'import_not_a_key',
  'import_public_only',
  'import_wrong_kind',
  'import_encrypted',
  'import_wrong_passphrase',
  'import_damaged',
  'import_unsupported',
  'import_too_large',
  'file_gone',
  'registered_to_another_user',
  'not_pending',
  'not_signed_out',
  'invalid_ttl',
  'token_gone',
  'no_registry',
  'auth_file_invalid',
  'auth_file_entry_foreign',
  'auth_file_not_written',
  'nothing_to_undo',
  'nothing_to_copy',
  'not_allowed',
  'beyond_scope',
  'beyond_capability',
  'service_refused',
  'session_required',
  'org_slug_taken',
  'last_owner',
  'member_gone',
  'invitation_gone',
  'invitation_ended',
  'invitation_wrong_account',
  'api_key_gone',
  'secret_gone',
  'project_gone',
  'project_name_taken',
  'branch_gone',
  'branch_name_taken',
  'branch_is_default',
  'account_decided',
  'user_gone',
  'username_taken',
  'email_taken',
  'password_elsewhere',
  'api_token_gone',
  'group_gone',
  'group_name_taken',
  'group_elsewhere',
  'bot_gone',
  'bot_name_taken',
  'credential_gone',
  'repository_gone',
  'nobody_found',
  'grant_gone',
  'permission_gone',
  'permission_there',
  'batch_gone',
  'request_gone',
  'too_many_requests_open',
  'access_changed_meanwhile',
  'template_gone',
  'template_name_taken',
  'changed_by_others',
  'maybe_done',
  'too_many_grants',
  'grant_file_unreadable',
  'repository_admin_needed',
  'end_not_kept',
  'tag_gone',
  'deletion_off',
  'registry_unreadable',
  'link_not_allowed',
  'loopback_failed',
  'sign_in_denied',
  'sign_in_refused',
  'sign_in_timed_out',
  'sign_in_disturbed',
  'sign_in_code_gone',
  'sign_in_offline',
  'sign_in_dropped',
  'sign_in_left',
  'sign_in_other_org',
  'sign_in_over',
  'invalid_code',
  'password_wrong',
  'password_changed',
  'password_maybe_changed',
  'password_change_required',
  'sign_in_limited',
  'sign_in_unavailable',
  'second_factor_wanted',
  'token_no_jwt',
  'token_refused',
  'token_over',
  'token_not_yet',
  'token_unfit',
  'provider_unusable',
  'provider_unreachable',
  'provider_mixed_up',
  'provider_changed',
  'audience_of_another',
  'dev_token_elsewhere',
  'pasted_expired',
  'keeper_sealed',
  'keeper_not_initialized',
  'remote_key_not_found',
  'remote_key_exists',
  'remote_key_over',
  'generation_in_use',
  'invalid_end',
  'not_base64',
  'file_too_large',
  'role_not_found',
  'role_has_errors',
  'too_many_roles',
  'unrevoked_gone',
  'not_confirmed',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/**
 * `unavailable`: there is no keychain that really protects; `changed`: another one than the one that was set up;
 * `lost`: it no longer holds what opens this vault.
 */
const keychainProblemSchema = z.enum(['unavailable', 'changed', 'lost']);
export type KeychainProblem = z.infer<typeof keychainProblemSchema>;

/**
 * Facts the window may need to word an error: no path, no secret, and of other programs' free text only what a service
 * says itself about its refusal, which is shown as such.
 */
export const errorDetailsSchema = z.strictObject({
  /** Milliseconds until another try is accepted. */
  retryAfterMs: z.number().int().nonnegative().optional(),
  /** Dotted path of the request field that was refused. */
  field: z.string().max(100).optional(),
  /** Upper limit in seconds, for `invalid_ttl`. */
  maxSeconds: z.number().int().positive().optional(),
  /** Lower limit in characters, for `passphrase_too_short`. */
  minLength: z.number().int().positive().optional(),
  /** What is weak about the passphrase, for `passphrase_too_weak`. */
  hint: strengthHintSchema.optional(),
  /** What it is instead, for `import_not_a_key`, `import_public_only`, `import_wrong_kind` and `import_unsupported`. */
  found: keyFormSchema.optional(),
  /**
   * Whose file it is, for `auth_file_invalid`, `auth_file_entry_foreign`, `auth_file_not_written`, `nothing_to_undo`.
   */
  client: registryClientSchema.optional(),
  /** What is wrong with it, for `auth_file_invalid`. */
  fault: clientFileFaultSchema.optional(),
  /** Why it cannot be written, for `auth_file_not_written`. */
  obstacle: z.enum(['read_only', 'no_access', 'full']).optional(),
  /** The file is whole, but not as Keyhold left it, for `vault_damaged`. */
  changed: z.literal(true).optional(),
  /** The serialized origin that the service calls itself by, for `another_origin`. */
  origin: originSchema.optional(),
  /** Of the context whose service has the same tokens, for `audience_of_another`. */
  contextName: z.string().max(limits.contextNameMax).optional(),
  /** The service's own words in one printable line, for `service_refused`. Nobody vouches for them. */
  said: z.string().max(limits.serviceWordsMax).optional(),
  /** The permission that is missing, for `not_allowed` of a keeper. */
  permission: z.string().max(300).optional(),
  /** Why the system keychain did not help, for `keychain_failed`. */
  keychain: keychainProblemSchema.optional(),
});

export type ErrorDetails = z.infer<typeof errorDetailsSchema>;

export interface Failure<Code extends ErrorCode = ErrorCode> {
  readonly code: Code;
  readonly details?: ErrorDetails;
}

export type Result<Value, Code extends ErrorCode = ErrorCode> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly error: Failure<Code> };

/** Errors that any call may answer, whatever it declares. */
export type CommonErrorCode = 'invalid_request' | 'forbidden_sender' | 'internal' | 'storage_failed';

/**
 * An expected failure inside the main process. It is turned into a `Failure` at the border; anything else
 * that is thrown becomes `internal` there and its text goes to the log only.
 */
export class KeyholdError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails | undefined;

  constructor(code: ErrorCode, details?: ErrorDetails) {
    super(code);
    this.name = 'KeyholdError';
    this.code = code;
    this.details = details;
  }
}
