import { randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import { ConfigError } from '../config/config.ts';
import type { ServerSecrets } from '../context.ts';
import type { Database } from '../db/schema.ts';

/** Reads the server's own keys; the first start makes them. @throws ConfigError when one is not whole. */
export async function loadServerSecrets(db: Kysely<Database>, now: () => Date): Promise<ServerSecrets> {
  return { registryTokenKey: await secret(db, now, 'registry_token_key') };
}

const secretSize = 32;

/** 32 random bytes kept under a name. */
async function secret(db: Kysely<Database>, now: () => Date, name: string): Promise<Uint8Array> {
  const row = await db
    .selectFrom('server_secrets')
    .select('value')
    .where('name', '=', name)
    .executeTakeFirst();
  if (row !== undefined) return readSecret(name, row.value);
  const bytes = randomBytes(secretSize);
  await db
    .insertInto('server_secrets')
    .values({ name, value: bytes.toString('base64url'), created_at: now().toISOString() })
    .execute();
  return bytes;
}

/** A short key would be guessed, and an empty one is known to everybody. */
function readSecret(name: string, value: string): Uint8Array {
  const bytes = Buffer.from(value, 'base64url');
  if (bytes.length === secretSize) return bytes;
  throw new ConfigError(
    `The server's key ${name} in the database is damaged. Bring the data folder back from a copy.`,
  );
}
