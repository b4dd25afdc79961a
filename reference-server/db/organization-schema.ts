import type { BrowserAccess } from '../../contracts/domain/browser-access.ts';
import type { Flag, InstantText } from './column-types.ts';

/** Who a user is elsewhere: found by issuer and subject, never by e-mail address. */
export interface ExternalIdentityTable {
  issuer: string;
  subject: string;
  user_id: string;
  /** Id of the provider in the configuration. */
  provider: string;
  /** As the provider said it last. */
  email: string;
  created_at: InstantText;
  last_used_at: InstantText;
  /** When the account was disabled because they had left; null where it was not, or an administrator decided since. */
  left_at: InstantText | null;
}

/** A sign-in at a provider that has begun. */
interface OidcAttemptTable {
  /** SHA-256 of a secret of the browser and the `state`, hex. */
  state_hash: string;
  provider: string;
  nonce: string;
  code_verifier: string;
  /** Path of this server to go on to. */
  return_to: string;
  expires_at: InstantText;
}

/** Id tokens that were exchanged and have not expired yet. */
interface UsedIdTokenTable {
  /** SHA-256 of all but the signature, hex. */
  token_hash: string;
  expires_at: InstantText;
}

interface AccountDecisionTable {
  user_id: string;
  decision: 'approved' | 'denied';
  note: string;
  decided_by: string;
  decided_at: InstantText;
}

export interface InvitationTable {
  id: string;
  org_id: string;
  /** In lower case. */
  email: string;
  role: 'member' | 'admin';
  /** SHA-256 of the link's token, hex. */
  token_hash: string;
  /** Id of a user. */
  invited_by: string;
  created_at: InstantText;
  expires_at: InstantText;
  /** Null while it can be accepted, or has expired and nobody looked since. */
  ended_at: InstantText | null;
  ended_as: 'accepted' | 'revoked' | 'expired' | null;
}

export interface ProjectTable {
  id: string;
  org_id: string;
  name: string;
  /** Id of a user. */
  created_by: string;
  created_at: InstantText;
}

export interface BranchTable {
  id: string;
  project_id: string;
  name: string;
  is_default: Flag;
  created_at: InstantText;
}

export interface ApiKeyTable {
  id: string;
  org_id: string;
  user_id: string;
  name: string;
  /** SHA-256 of the key, hex: 256 random bits need no slow hash. */
  secret_hash: string;
  /** The key's first 8 characters. */
  prefix: string;
  scope_kind: 'org' | 'project' | 'branch';
  capability: 'read' | 'agent' | 'read_write';
  /** Id of the API key that it was made with; revoking that one revokes it. */
  created_via: string | null;
  created_at: InstantText;
  expires_at: InstantText | null;
  revoked_at: InstantText | null;
  last_used_at: InstantText | null;
  last_used_address: string | null;
  /** From `User-Agent`. */
  last_used_program: string | null;
}

/** What a key of a narrower scope is for. Stays when that is deleted. */
interface ApiKeyScopeTable {
  key_id: string;
  /** Of a project or a branch. */
  target_id: string;
}

/** What a program gets for a code of `/cli/authorize`. */
export interface LoginCodeTable {
  /** SHA-256 of the code, hex. */
  code_hash: string;
  user_id: string;
  org_id: string;
  /** Of the browser that allowed it. */
  session_id: string;
  redirect_uri: string | null;
  code_challenge: string;
  access: BrowserAccess;
  /** What the key is to be called. */
  name: string;
  expires_at: InstantText;
  used_at: InstantText | null;
  /** Id of the API key or session that it was exchanged for. */
  made: string | null;
}

export interface EventTable {
  /** ULID; they go up in the order of the transactions. */
  id: string;
  org_id: string;
  project_id: string | null;
  type: string;
  at: InstantText;
  /** A JSON object. */
  data: string;
}

/** Slugs of deleted organizations, which nobody gets again. */
interface RetiredSlugTable {
  slug: string;
}

/** Tables of what organizations have beside repositories and bots, and of sign-in from elsewhere. */
export interface OrganizationTables {
  external_identities: ExternalIdentityTable;
  oidc_attempts: OidcAttemptTable;
  used_id_tokens: UsedIdTokenTable;
  account_decisions: AccountDecisionTable;
  invitations: InvitationTable;
  projects: ProjectTable;
  branches: BranchTable;
  api_keys: ApiKeyTable;
  api_key_scopes: ApiKeyScopeTable;
  login_codes: LoginCodeTable;
  events: EventTable;
  retired_slugs: RetiredSlugTable;
}
