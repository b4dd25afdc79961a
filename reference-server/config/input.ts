import { z } from 'zod';
import { printable } from '../../contracts/domain/printable.ts';
import { parseTrustedProxies } from '../http/client-address.ts';
import { issueWords } from '../http/validation-words.ts';
import { artifactKeeperSchema } from './artifact-keeper.ts';
import { ConfigError } from './config-error.ts';
import { databaseUrlSchema } from './database-url.ts';
import { dialectsSchema } from './dialects.ts';
import { keeperSchema } from './keeper.ts';
import { kisenonSchema } from './kisenon.ts';
import { mailSchema } from './mail.ts';
import { givenOriginSchema } from './own-origin.ts';

const logLevelSchema = z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']);
export type LogLevel = z.infer<typeof logLevelSchema>;

/** What flags, environment and config file can say; the names are the config file's. */
export const inputSchema = z.strictObject({
  name: z.string().min(1).max(100).optional(),
  host: z.string().min(1).optional(),
  port: z.number().int().min(0).max(65_535).optional(),
  data: z.string().min(1).optional(),
  database: databaseUrlSchema.optional(),
  origin: givenOriginSchema.optional(),
  tls_cert: z.string().min(1).optional(),
  tls_key: z.string().min(1).optional(),
  require_https: z.boolean().optional(),
  log_level: logLevelSchema.optional(),
  org_storage_mib: z
    .number()
    .int()
    .min(1)
    .max(2 ** 40)
    .optional(),
  trusted_proxies: z
    .array(
      z.string().refine((entry) => parseTrustedProxies([entry]) !== null, {
        message: 'Must be an address or a network such as 10.0.0.0/8',
      }),
    )
    .optional(),
  seed: z.enum(['demo', 'large']).optional(),
  dialects: dialectsSchema.optional(),
  kisenon: kisenonSchema.optional(),
  'artifact-keeper': artifactKeeperSchema.optional(),
  keeper: keeperSchema.optional(),
  mail: mailSchema.optional(),
});
export type Input = z.infer<typeof inputSchema>;

/**
 * Holds what a source says against its schema.
 *
 * @param source - Where it comes from, as a sentence goes on with it.
 * @throws ConfigError naming what cannot be used.
 */
export function parseInput<Schema extends z.ZodType>(
  schema: Schema,
  content: unknown,
  source: string,
): z.output<Schema> {
  const result = schema.safeParse(content);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  if (issue?.code === 'unrecognized_keys') {
    throw new ConfigError(
      `In the ${source} unknown key "${printable(issue.keys.join('", "'), 100)}". See --help for the known ones.`,
    );
  }
  if (issue === undefined || issue.path.length === 0) {
    throw new ConfigError(`The settings in the ${source} must be names with values, such as port: 8970.`);
  }
  throw new ConfigError(`In the ${source} ${issueWords(issue)}. See --help.`);
}
