import { z } from 'zod';

/** Where a PostgreSQL database is, as its own programs write it. */
export const databaseUrlSchema = z.string().refine((text) => isDatabaseUrl(text) && canShow(text), {
  message: 'Must be an address such as postgres://user@host/database',
});

/** Whether a text is the address of a PostgreSQL database and no path. */
export function isDatabaseUrl(text: string): boolean {
  return /^postgres(?:ql)?:\/\//.test(text);
}

/** Whether an address has a password in it. */
export function hasPassword(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return url.password !== '' || url.searchParams.has('password');
}

/** Whether it can be read as an address with a database in it, its % signs included. */
function canShow(text: string): boolean {
  try {
    return shownDatabase(text) !== '';
  } catch {
    return false;
  }
}

/** A database as logs and errors name it: host, port and name, and nothing that could be a password. */
export function shownDatabase(text: string): string {
  const url = new URL(text);
  const host = decodeURIComponent(url.searchParams.get('host') ?? url.hostname);
  const port = url.port === '' ? '' : `:${url.port}`;
  return `${decodeURIComponent(url.pathname.slice(1))} at ${host === '' ? 'this computer' : `${host}${port}`}`;
}
