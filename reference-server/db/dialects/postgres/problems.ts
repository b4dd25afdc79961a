import { shownDatabase } from '../../../config/database-url.ts';
import { codeOf } from '../../../error-code.ts';

/** Where the database does not answer, by the system's codes; PostgreSQL's own are in appendix A of its manual. */
const unreachable = [
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
  'ENOTFOUND',
  'ETIMEDOUT',
];
/** `invalid_authorization_specification` and `invalid_password`. */
const refused = ['28000', '28P01'];

/** `insufficient_privilege`, and `invalid_schema_name` where the user does not even see the schema. */
const forbidden = ['42501', '3F000'];

/** Whether the user of the database lacks the right to change the schema. */
export function isForbidden(error: unknown): boolean {
  return forbidden.includes(codeOf(error));
}

/** `admin_shutdown` and `crash_shutdown` of the database, and what the system, pg and Kysely say of a connection. */
const cut = ['57P01', '57P02', 'ECONNRESET', 'EPIPE'];
const cutWords = /^Connection terminated|(?:is not queryable|has been discarded)$/;

/** Whether a connection that there was has ended, before or under a query. */
export function isCut(error: unknown): boolean {
  return cut.includes(codeOf(error)) || (error instanceof Error && cutWords.test(error.message));
}

/** Why a database cannot be opened and what to do, in one line without its password. */
export function postgresProblem(error: unknown, url: string): string {
  const where = shownDatabase(url);
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : '';
  if (unreachable.includes(code) || message.includes('timeout expired')) {
    const reason = code === 'unknown error' ? 'no answer' : code;
    return `The database ${where} cannot be reached (${reason}). Start PostgreSQL there, or correct --database.`;
  }
  // What pg says where a query got no answer in time.
  if (message === 'Query read timeout')
    return `The database ${where} does not answer. See what it is waiting for, or start PostgreSQL there anew.`;
  if (refused.includes(code) || message.includes('client password must be a string')) {
    return (
      `The database ${where} refuses the user or the password. Put the right password into the environment variable ` +
      'PGPASSWORD, the file ~/.pgpass or the config file.'
    );
  }
  if (code === '3D000') return `There is no database ${where}. Make it with createdb, or correct --database.`;
  if (isForbidden(error))
    return `The user of --database may not make tables in ${where}. Let it own the database.`;
  if (isCut(error)) return `The connection to the database ${where} broke off. Start the server again.`;
  if (code === '57P03') return `The database ${where} is still starting or stopping. Try again in a moment.`;
  if (code === '53300') return `The database ${where} has no connection left. Raise its max_connections.`;
  if (message.includes('does not support SSL')) {
    return `The database ${where} does not do TLS. Switch it on there, or leave sslmode out of --database.`;
  }
  return `The database ${where} cannot be opened (${code === 'unknown error' ? message : code}). Correct --database.`;
}
