import { randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { ServerSecrets } from '../context.ts';
import type { Database } from '../db/schema.ts';

/** Reads the server's own keys; the first start makes them. */
export async function loadServerSecrets(db: Kysely<Database>, now: () => Date): Promise<ServerSecrets> {
  return { registryTokenKey: await secret(db, now, 'registry_token_key') };
}

/** 32 random bytes kept under a name. */
async function secret(db: Kysely<Database>, now: () => Date, name: string): Promise<Uint8Array> {
  const row = await db
    .selectFrom('server_secrets')
    .select('value')
    .where('name', '=', name)
    .executeTakeFirst();
  if (row !== undefined) return Buffer.from(row.value, 'base64url');
  const bytes = randomBytes(32);
  await db
    .insertInto('server_secrets')
    .values({ name, value: bytes.toString('base64url'), created_at: now().toISOString() })
    .execute();
  return bytes;
}
