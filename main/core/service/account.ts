/** One user of one service, as far as a request has to know it. */
export interface Account {
  /** Of its context. */
  id: string;
  /** Serialized origin of its service. */
  origin: string;
  userId: string;
  /** Slug of the organization to act in; null for the one that the service takes by itself. */
  org: string | null;
}

/** An account with the name that the activity log calls it by. */
export interface NamedAccount extends Account {
  name: string;
}

/** Accounts by the id of their context. */
export interface Accounts {
  /** @throws KeyholdError `context_not_found`. */
  get(contextId: string): NamedAccount;
}
