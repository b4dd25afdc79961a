/** How programs and people sign in to the keeper, checked. */
export interface KeeperSettings {
  /** Null: by nothing at all, so that only those without a token get in, where they may. */
  auth: DevAuth | null;
  /** Whether who sends no token may do everything. */
  allowAnonymous: boolean;
}

/** One token that everybody shares, with the rules that it has. */
export interface DevAuth {
  type: 'dev';
  token: string;
  permissions: readonly string[];
}

/** The settings with what holds where nothing is said: nobody gets in. */
export function keeperSettings(): KeeperSettings {
  return { auth: null, allowAnonymous: false };
}
