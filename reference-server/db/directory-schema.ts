import type { Flag, InstantText } from './column-types.ts';

/** Refresh tokens of sessions that go on by them; those that were used stay until their end, to notice a replay. */
export interface RefreshTokenTable {
  jti: string;
  /** `token_hash` of the session, its family. */
  session_id: string;
  created_at: InstantText;
  expires_at: InstantText;
  used_at: InstantText | null;
  /** `jti` of the one that took its place. */
  successor: string | null;
}

export interface GroupTable {
  /** Of a principal. */
  id: string;
  org_id: string;
  name: string;
  description: string;
  /** Where its members are kept: id of a directory or provider; null for here. */
  source: string | null;
  /** What it is called there. */
  external_id: string | null;
  created_by: string;
  created_at: InstantText;
}

interface GroupMemberTable {
  group_id: string;
  user_id: string;
  created_at: InstantText;
}

export interface ApiTokenTable {
  id: string;
  user_id: string;
  name: string;
  /** With commas between them. */
  scopes: string;
  /** The token's first 8 characters. */
  prefix: string;
  /** SHA-256 of the token, hex: its random bits need no slow hash. */
  secret_hash: string;
  /** 0: only those in `api_token_repositories`. */
  all_repositories: Flag;
  created_by: string;
  created_at: InstantText;
  expires_at: InstantText | null;
  revoked_at: InstantText | null;
  last_used_at: InstantText | null;
  last_used_address: string | null;
  /** From `User-Agent`. */
  last_used_program: string | null;
}

/** Stays when a repository is deleted: the token reaches no other for it. */
interface ApiTokenRepositoryTable {
  token_id: string;
  repository_id: string;
}

/** How the last sync of a directory went. */
export interface DirectorySyncTable {
  directory: string;
  started_at: InstantText;
  /** Null while it goes on. */
  ended_at: InstantText | null;
  succeeded_at: InstantText | null;
  /** Why it failed, in words; null where it did not. */
  problem: string | null;
  /** A JSON object of what it changed. */
  counts: string;
}

/** Tables of what administrators of a server manage. */
export interface DirectoryTables {
  refresh_tokens: RefreshTokenTable;
  groups: GroupTable;
  group_members: GroupMemberTable;
  api_tokens: ApiTokenTable;
  api_token_repositories: ApiTokenRepositoryTable;
  directory_syncs: DirectorySyncTable;
}
