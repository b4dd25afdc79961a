import type { InstantText } from './column-types.ts';

/** When the grants of a principal on a repository changed last: of each pair one row, also once nothing is granted. */
interface GrantChangeTable {
  repository_id: string;
  /** May be gone. */
  principal_id: string;
  /** `count` of `changes` with that change. */
  version: number;
  /** Id of who did it; null for the server itself. */
  changed_by: string | null;
  changed_at: InstantText;
}

/** Changes of grants that were made together. */
export interface AccessBatchTable {
  id: string;
  org_id: string;
  /** `count` of `changes` with it. */
  version: number;
  made_by: string;
  made_by_name: string;
  made_at: InstantText;
  /** By which it was made once only. */
  key: string | null;
  /** SHA-256 of what was asked for, hex. */
  request_hash: string;
  changes: number;
  /** Of the batch that it takes back. */
  undoes: string | null;
  /** Of the batch that took it back. */
  undone_by: string | null;
}

/** What a batch changed of one principal on one repository. Either may be gone. */
export interface AccessBatchCellTable {
  batch_id: string;
  /** 0, 1, 2 … */
  place: number;
  repository_id: string;
  /** Full name. */
  repository: string;
  principal_id: string;
  /** Name, `org/name` of a bot. */
  principal: string;
  /** `writeActions`; empty for no grant. */
  before_actions: string;
  before_ends: InstantText | null;
  after_actions: string;
  after_ends: InstantText | null;
}

/** What somebody asks to be allowed on a repository, which may not be there. */
export interface AccessRequestTable {
  id: string;
  user_id: string;
  /** Full name. */
  repository: string;
  /** As in a grant. */
  actions: string;
  /** When it shall end; null for never. */
  until: InstantText | null;
  reason: string;
  asked_at: InstantText;
  state: 'open' | 'approved' | 'declined';
  decided_at: InstantText | null;
  /** A name. */
  decided_by: string | null;
  /** Words of who declined. */
  answer: string | null;
}

/** A named set of grants. */
export interface AccessTemplateTable {
  id: string;
  org_id: string;
  /** The only one of its organization. */
  name: string;
  /** Later with each change. */
  changed_at: InstantText;
  /** Id; may be gone. */
  changed_by: string;
}

/** A grant that a template would have. */
export interface AccessTemplateLineTable {
  template_id: string;
  /** 0, 1, 2 … */
  place: number;
  /** A repository's full name, or a beginning with a star behind it. */
  repositories: string;
  /** As in a grant. */
  actions: string;
  /** How long it would last; null for no end. */
  days: number | null;
}

/** Who said last what an organization's new repositories begin with. There is none until somebody does. */
interface AccessDefaultsTable {
  org_id: string;
  /** Later with each change. */
  changed_at: InstantText;
  /** Id; may be gone. */
  changed_by: string;
}

/** A grant that an organization's new repositories begin with. */
interface AccessDefaultGrantTable {
  org_id: string;
  principal_id: string;
  /** As in a grant. */
  actions: string;
}

/** Tables of what changes access, and of what is asked to be changed. */
export interface AccessTables {
  grant_changes: GrantChangeTable;
  access_batches: AccessBatchTable;
  access_batch_cells: AccessBatchCellTable;
  access_requests: AccessRequestTable;
  access_templates: AccessTemplateTable;
  access_template_lines: AccessTemplateLineTable;
  access_defaults: AccessDefaultsTable;
  access_default_grants: AccessDefaultGrantTable;
}
