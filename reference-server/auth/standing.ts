import type { ServerContext } from '../context.ts';
import { UnchangedCache } from '../db/unchanged-cache.ts';
import { findKeyWithOwner, ownerOfUser } from '../identity/keys.ts';
import type { KeyOwner } from '../identity/keys.ts';
import type { Credential, Principal } from './credentials.ts';
import { passwordEpoch } from './passwords.ts';
import { readSession } from './sessions.ts';

/** Whom something was given to, and by what credential: it counts for as long as that does. */
export interface Holder {
  /** Id of the user or bot. */
  id: string;
  credential: Credential;
}

/**
 * Who a holder is today, or null once the credential has ended: key revoked, bot deleted, session signed out,
 * password changed, user disabled. The end of an API token is not known here: what is given for it must not live
 * longer.
 */
export async function standingOf(context: ServerContext, holder: Holder): Promise<Principal | null> {
  const owner = await ownerOf(context, holder);
  if (owner?.id !== holder.id || !owner.active) return null;
  return { kind: owner.kind, id: owner.id, name: owner.name, auth: holder.credential };
}

async function ownerOf(context: ServerContext, { id, credential }: Holder): Promise<KeyOwner | null> {
  switch (credential.method) {
    case 'key': {
      const found = await findKeyWithOwner(context.db, credential.kid);
      return found?.key.revoked_at === null ? found.owner : null;
    }
    case 'session': {
      const session = await readSession(context, credential.session);
      return session === null ? null : ownerOfUser(session.user);
    }
    case 'password': {
      const user = await context.db.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirst();
      return user !== undefined && passwordEpoch(user.password_hash) === credential.epoch
        ? ownerOfUser(user)
        : null;
    }
  }
}

/** Holders that come again and again stay far below this number. */
const maxRemembered = 10_000;

/** `standingOf` for the registry's many small requests: remembered for as long as nothing is written to the database. */
export function rememberedStanding(context: ServerContext): (holder: Holder) => Promise<Principal | null> {
  const cache = new UnchangedCache<Principal | null>(context.db, maxRemembered);
  return (holder) => cache.get(JSON.stringify(holder), () => standingOf(context, holder));
}
