import { z } from 'zod';
import { clientFileFaultSchema } from '../domain/client-file.ts';
import { contextIdSchema } from '../domain/context.ts';
import { programUseSchema } from '../domain/key.ts';
import { perClientSchema, registryClientSchema } from '../domain/registry-client.ts';
import { call } from './define.ts';

const ofClient = z.strictObject({ contextId: contextIdSchema, client: registryClientSchema });

/** What a client's file says about a registry. */
const clientSetUpSchema = z.strictObject({
  /**
   * What the client reads there. `keyhold`: our entry. `other`: another helper for this host. `empty`: an entry that
   * names no helper. `unreadable`: the client takes exception to the file, and to the host's entry with it.
   */
  entry: z.enum(['keyhold', 'other', 'none', 'empty', 'unreadable']),
  /** What the client takes exception to; Docker may read the entry all the same. Null for nothing. */
  fault: clientFileFaultSchema.nullable(),
  /** Set up by Keyhold and still on record, so that it can be undone. */
  canUndo: z.boolean(),
  /** What keeps the entry from working, or what the Doctor warns of about it; null where it found nothing. */
  trouble: z.strictObject({ state: z.enum(['warning', 'broken']), subject: z.string() }).nullable(),
});
export type ClientSetUp = z.infer<typeof clientSetUpSchema>;

const registrySchema = z.strictObject({
  contextId: contextIdSchema,
  contextName: z.string(),
  host: z.string(),
  /**
   * Which account the helper signs in to this host with; several contexts may be of one host. `nobody`: none is chosen,
   * because none could answer yet or the chosen one was removed.
   */
  answers: z.enum(['this', 'other', 'nobody']),
  clients: perClientSchema(clientSetUpSchema),
  /** When the helper last gave a credential for this host. */
  lastUse: programUseSchema.nullable(),
});
export type Registry = z.infer<typeof registrySchema>;

export const helperStateSchema = z.strictObject({
  /** Where the helper script is or will be installed. */
  path: z.string(),
  state: z.enum(['current', 'stale', 'missing']),
  /** True when its folder is on the PATH that the app was started with. */
  onPath: z.boolean(),
});

const agentStateSchema = z.strictObject({
  listening: z.boolean(),
  socket: z.string(),
  problem: z.enum(['in_use', 'not_a_socket', 'path_too_long', 'failed']).nullable(),
});
export type AgentState = z.infer<typeof agentStateSchema>;

/** One line of the change that set-up would make; values of stored passwords are masked. */
export const diffLineSchema = z.strictObject({ kind: z.enum(['same', 'add', 'remove']), text: z.string() });

const setUpPreviewSchema = z.strictObject({
  file: z.string(),
  fileExists: z.boolean(),
  /** True when the file already names Keyhold for this host. */
  unchanged: z.boolean(),
  lines: z.array(diffLineSchema),
  helper: helperStateSchema,
});
export type SetUpPreview = z.infer<typeof setUpPreviewSchema>;

const fileErrors = ['context_not_found', 'no_registry', 'auth_file_invalid'] as const;

export const registriesCalls = {
  list: call({
    request: z.undefined(),
    response: z.strictObject({
      registries: z.array(registrySchema),
      helper: helperStateSchema,
      agent: agentStateSchema,
      /** How many things the Doctor finds without asking a service or starting a program. */
      troubles: z.strictObject({ broken: z.number().int(), warnings: z.number().int() }),
      /** Where each client keeps its credentials and the names of its helpers. */
      files: perClientSchema(z.string()),
    }),
  }),
  preview: call({
    request: ofClient,
    response: setUpPreviewSchema,
    errors: [...fileErrors, 'auth_file_entry_foreign'],
  }),
  setUp: call({
    request: ofClient,
    response: z.undefined(),
    errors: [...fileErrors, 'auth_file_entry_foreign', 'auth_file_not_written'],
  }),
  /** Has the helper sign in to the context's host with this context, whichever is shown. */
  use: call({
    request: z.strictObject({ contextId: contextIdSchema }),
    response: z.undefined(),
    errors: ['context_not_found', 'no_registry', 'key_not_registered'],
  }),
  undo: call({
    request: ofClient,
    /** `exact`: the file is as it was to the byte; `entry`: it had changed since, so only our entry was taken out. */
    response: z.strictObject({ restored: z.enum(['exact', 'entry']) }),
    errors: [...fileErrors, 'auth_file_not_written', 'nothing_to_undo'],
  }),
};
