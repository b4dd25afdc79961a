import { randomUUID } from 'node:crypto';
import { accessSync, constants, mkdirSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import { ConfigError } from '../config/config-error.ts';
import { codeOf } from '../error-code.ts';
import type { Deliver } from './message.ts';

/**
 * Delivers into a folder: one file `TIME-ID.eml` a mail (RFC 5322), there as a whole or not at all, for its owner to read.
 *
 * @param path - Absolute; made where it is not there.
 * @throws ConfigError when nothing can be written there.
 */
export function folderDelivery(path: string): Deliver {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    accessSync(path, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new ConfigError(
      `The mail folder ${path} cannot be written to (${codeOf(error)}). Choose another mail.outbox.`,
    );
  }
  const transport = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
  return async (message) => {
    const { message: bytes } = await transport.sendMail(message);
    if (!Buffer.isBuffer(bytes)) throw new Error('The mail was not composed as a whole.');
    const name = `${new Date().toISOString().replaceAll(':', '')}-${randomUUID()}`;
    const draft = join(path, `.${name}.part`);
    try {
      await writeSynced(draft, bytes);
      await rename(draft, join(path, `${name}.eml`));
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
  };
}

async function writeSynced(file: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
