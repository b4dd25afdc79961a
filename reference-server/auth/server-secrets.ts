import { randomBytes } from 'node:crypto';
import { ConfigError } from '../config/config-error.ts';
import type { ServerContext, ServerSecrets } from '../context.ts';

/** Reads the server's own keys; the first start makes them. @throws ConfigError when one is not whole. */
export async function loadServerSecrets(context: SecretsContext): Promise<ServerSecrets> {
  return {
    registryTokenKey: await secret(context, 'registry_token_key'),
    sessionJwtKey: await secret(context, 'session_jwt_key'),
    accessTokenKey: await accessTokenKey(context),
  };
}

type SecretsContext = Pick<ServerContext, 'db' | 'write' | 'now' | 'config'>;

/** The configuration's, which servers on other machines then have as well. */
async function accessTokenKey(context: SecretsContext): Promise<Uint8Array> {
  const { jwtSecret } = context.config.artifactKeeper;
  return jwtSecret === null ? await secret(context, 'access_token_key') : Buffer.from(jwtSecret);
}

const secretSize = 32;

/** 32 random bytes kept under a name. */
async function secret({ db, write, now }: SecretsContext, name: string): Promise<Uint8Array> {
  const kept = db.selectFrom('server_secrets').select('value').where('name', '=', name);
  if ((await kept.executeTakeFirst()) === undefined) {
    const row = {
      name,
      value: randomBytes(secretSize).toString('base64url'),
      created_at: now().toISOString(),
    };
    await write({}, (tx) =>
      tx
        .insertInto('server_secrets')
        .values(row)
        .onConflict((conflict) => conflict.column('name').doNothing())
        .execute(),
    );
  }
  return readSecret(name, (await kept.executeTakeFirstOrThrow()).value);
}

/** A short key would be guessed, and an empty one is known to everybody. */
function readSecret(name: string, value: string): Uint8Array {
  const bytes = Buffer.from(value, 'base64url');
  if (bytes.length === secretSize) return bytes;
  throw new ConfigError(
    `The server's key ${name} in the database is damaged. Bring the data folder back from a copy.`,
  );
}
