/** What may go wrong with anything that a context's service is asked for. */
export const serviceErrors = [
  'context_not_found',
  'key_not_registered',
  'key_expired',
  'api_key_refused',
  'api_key_expired',
  'session_expired',
  'pasted_expired',
  'approval_pending',
  'password_change_required',
  'server_unreachable',
  'not_a_keyhold_server',
  'not_allowed',
  'session_required',
  'beyond_scope',
  'beyond_capability',
  'service_refused',
] as const;
