/** An instant as RFC 3339 text in UTC with milliseconds: sorts as text, the same on every database. */
export type InstantText = string;

/** 0 or 1: better-sqlite3 binds no booleans. */
export type Flag = 0 | 1;
