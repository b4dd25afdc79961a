import type { AccessTables } from './access-schema.ts';
import type { Flag, InstantText } from './column-types.ts';
import type { DirectoryTables } from './directory-schema.ts';
import type { KeeperTables } from './keeper-schema.ts';
import type { OrganizationTables } from './organization-schema.ts';
import type { RegistryTables } from './registry-schema.ts';

/** Whom keys and grants can belong to; the user or bot of the same id says who it is. */
interface PrincipalTable {
  id: string;
  kind: 'user' | 'group' | 'bot';
}

export interface UserTable {
  /** Of a principal. */
  id: string;
  username: string;
  email: string;
  display_name: string;
  status: 'active' | 'pending' | 'disabled';
  /** Role on the whole server; roles in organizations are in `memberships`. */
  role: 'admin' | 'user' | 'viewer';
  /** PHC string of argon2id; null for a user without a password. */
  password_hash: string | null;
  created_at: InstantText;
  /** Until then the account can do nothing but that. */
  must_change_password: Flag;
  last_sign_in_at: InstantText | null;
}

export interface OrganizationTable {
  id: string;
  slug: string;
  display_name: string;
  kind: 'personal' | 'team';
  created_at: InstantText;
}

interface MembershipTable {
  org_id: string;
  user_id: string;
  role: 'viewer' | 'member' | 'admin' | 'owner';
  created_at: InstantText;
}

export interface BotTable {
  /** Of a principal. */
  id: string;
  org_id: string;
  name: string;
  created_by: string;
  created_at: InstantText;
  /** Deleted bots stay for the audit log; their name is free again. */
  deleted_at: InstantText | null;
}

export interface PublicKeyTable {
  /** RFC 7638 thumbprint. */
  kid: string;
  /** The owner. */
  principal_id: string;
  name: string;
  /** The JWK's `x`: 32 bytes in base64url. */
  x: string;
  created_at: InstantText;
  last_used_at: InstantText | null;
  /** Revoked keys stay, so that the same key cannot come back. */
  revoked_at: InstantText | null;
}

export interface RepositoryTable {
  id: string;
  org_id: string;
  /** `org/name`; the name may have several segments. */
  full_name: string;
  public: Flag;
  created_at: InstantText;
}

export interface GrantTable {
  id: string;
  repository_id: string;
  principal_id: string;
  /** `writeActions` of what it allows or denies: `read,write`. */
  actions: string;
  effect: 'allow' | 'deny';
  created_by: string;
  created_at: InstantText;
  expires_at: InstantText | null;
  /** Names those that were given together; null for a single one. */
  batch: string | null;
}

interface SessionTable {
  /** SHA-256 of the session token, hex; the token itself is never stored. */
  token_hash: string;
  user_id: string;
  /** `passwordEpoch` of the user when it began. */
  password_epoch: string;
  /** Where a browser's session is active. */
  org_id: string | null;
  created_at: InstantText;
  expires_at: InstantText;
}

/** Registration tokens and rotation tokens that were used and have not expired yet. */
interface UsedRegistrationTokenTable {
  kid: string;
  jti: string;
  expires_at: InstantText;
}

export interface AuditEventTable {
  /** 1, 2, 3 … without gaps. */
  seq: number;
  at: InstantText;
  action: string;
  outcome: 'success' | 'failure';
  actor_id: string | null;
  actor_name: string | null;
  target: string | null;
  org: string | null;
  address: string | null;
  /** A JSON object. */
  details: string;
  prev_hash: string;
  hash: string;
}

interface ServerSecretTable {
  name: string;
  /** base64url. */
  value: string;
  created_at: InstantText;
}

/** One row. */
interface ChangesTable {
  id: 1;
  /** Goes up with every `write`. */
  count: number;
}

/** All tables. */
export interface Database
  extends RegistryTables, OrganizationTables, DirectoryTables, AccessTables, KeeperTables {
  principals: PrincipalTable;
  users: UserTable;
  organizations: OrganizationTable;
  memberships: MembershipTable;
  bots: BotTable;
  public_keys: PublicKeyTable;
  repositories: RepositoryTable;
  grants: GrantTable;
  sessions: SessionTable;
  used_registration_tokens: UsedRegistrationTokenTable;
  audit_events: AuditEventTable;
  server_secrets: ServerSecretTable;
  changes: ChangesTable;
}
