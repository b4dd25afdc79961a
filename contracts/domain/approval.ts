import { z } from 'zod';
import { contextIdSchema } from './context.ts';

/** How long an answer holds: for this question alone, a time, until the vault locks, or until the rule is removed. */
export const rememberSchema = z.enum(['once', '20m', '1h', 'lock', 'always']);
export type Remember = z.infer<typeof rememberSchema>;

export const verdictSchema = z.enum(['allow', 'deny']);
export type Verdict = z.infer<typeof verdictSchema>;

/** A program's name and path are what the program's own process says: a hint, no proof. */
const callerSchema = z.strictObject({
  /** Name of the program that asked, such as `skopeo`. */
  program: z.string(),
  /** Path of its executable. */
  path: z.string(),
  /** The programs that started it, nearest first, and their process ids. */
  parents: z.array(z.strictObject({ pid: z.number().int().positive(), name: z.string() })),
});
export type Caller = z.infer<typeof callerSchema>;

/** Whether somebody may use a context. */
const useQuestionSchema = z.strictObject({
  about: z.literal('use'),
  id: z.uuid(),
  contextName: z.string(),
  userId: z.string(),
  host: z.string(),
  /**
   * `credential`: to sign in to the host's registry. `token`: an API token, printed in a terminal. `tray_copy`: an API
   * token that the tray's menu copies; nobody can tell a click there from a message on the desktop's bus.
   */
  purpose: z.enum(['credential', 'token', 'tray_copy']),
  /** Of the token, seconds; null for a credential. */
  life: z.number().int().positive().nullable(),
  /** Null when it is not known who asks; the answer then holds for this question alone. */
  caller: callerSchema.nullable(),
  /** How many requests of this program wait for the answer. */
  requests: z.number().int().positive(),
  /** When it counts as denied, RFC 3339. */
  endsAt: z.string(),
});
export type UseQuestion = z.infer<typeof useQuestionSchema>;

/** What the app's window may not do alone: it would let programs use what a person has kept from them. */
const weakeningSchema = z.discriminatedUnion('kind', [
  /** Turn "Ask before a program uses a context" off. */
  z.strictObject({ kind: z.literal('stop_asking') }),
  /** Forget that a program was denied, while programs are not asked about. */
  z.strictObject({ kind: z.literal('forget_denial'), program: z.string(), contextName: z.string() }),
]);
export type Weakening = z.infer<typeof weakeningSchema>;

/** Whether the app's window may do that. */
const changeQuestionSchema = z.strictObject({
  about: z.literal('change'),
  id: z.uuid(),
  change: weakeningSchema,
  /** When it counts as denied, RFC 3339. */
  endsAt: z.string(),
});

/** A question that waits for an answer. */
export const approvalQuestionSchema = z.discriminatedUnion('about', [
  useQuestionSchema,
  changeQuestionSchema,
]);
export type ApprovalQuestion = z.infer<typeof approvalQuestionSchema>;

export const approvalRuleSchema = z.strictObject({
  id: z.uuid(),
  contextId: contextIdSchema,
  contextName: z.string(),
  program: z.string(),
  path: z.string(),
  verdict: verdictSchema,
  /** `time`: until `endsAt`. */
  holds: z.enum(['time', 'lock', 'always']),
  endsAt: z.string().nullable(),
  createdAt: z.string(),
});
export type ApprovalRule = z.infer<typeof approvalRuleSchema>;
