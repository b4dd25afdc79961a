import type { KeeperSettings } from '../../reference-server/config/keeper.ts';

/** A keeper that nobody can sign in to. */
export const closedKeeper: KeeperSettings = { auth: null, allowAnonymous: false };
