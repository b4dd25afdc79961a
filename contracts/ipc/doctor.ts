import { z } from 'zod';
import { call } from './define.ts';

/**
 * Who mends a finding. `keyhold`: a click on a button with this label. `person`: Keyhold must not or cannot do it; the
 * command, if there is one, is for a POSIX shell.
 */
const mendSchema = z.discriminatedUnion('by', [
  z.strictObject({ by: z.literal('keyhold'), label: z.string() }),
  z.strictObject({ by: z.literal('person'), advice: z.string(), command: z.string().nullable() }),
]);

/** One thing that sign-in through Keyhold needs, in words: the window and the terminal say the same. */
export const findingSchema = z.strictObject({
  /** The same for the same thing each time, such as `entry:podman:registry.example`. */
  id: z.string().max(400),
  /** `warning`: it works, or may work, but is worth a look. `broken`: something does not work because of it. */
  state: z.enum(['ok', 'warning', 'broken']),
  subject: z.string(),
  /** What was found. */
  found: z.string(),
  /** Why it matters; null where all is well. */
  why: z.string().nullable(),
  mend: mendSchema.nullable(),
});
export type Finding = z.infer<typeof findingSchema>;

const byId = z.strictObject({ id: z.string().max(400) });

export const doctorCalls = {
  /** Looks at everything; takes as long as the slowest service, at most some seconds. */
  run: call({ request: z.undefined(), response: z.array(findingSchema) }),
  /** Mends a finding where it is still so, and looks at everything again. */
  mend: call({
    request: byId,
    response: z.array(findingSchema),
    errors: [
      'context_not_found',
      'no_registry',
      'auth_file_invalid',
      'auth_file_entry_foreign',
      'auth_file_not_written',
    ],
  }),
  /** Puts a finding's command on the clipboard. It holds no secret and stays there. */
  copyCommand: call({ request: byId, response: z.undefined(), errors: ['nothing_to_copy'] }),
};
