import { z } from 'zod';

/**
 * What a rotation does next, once its new key is made.
 *
 * - `register`: the service gets to know the new key, by the old one's authority or by a pasted token.
 * - `verify`: the new key signs in, to prove that it works. From then on it is the one that signs.
 * - `retire`: the service revokes the old key, which is then retired here.
 */
const rotationStepSchema = z.enum(['register', 'verify', 'retire', 'done']);
export type RotationStep = z.infer<typeof rotationStepSchema>;

/**
 * Why a rotation stands still. Whatever it is, the context has a key that works.
 *
 * - `old_key_refused`: the service does not accept the old key, so that it cannot vouch for the new one.
 * - `refused`: the service answered, but did not do it.
 * - `not_accepted`: the service does not accept the new key.
 * - `stopped`: the user stopped it, or the vault was locked, or Keyhold ended.
 */
const rotationProblemSchema = z.enum([
  'server_unreachable',
  'not_a_keyhold_server',
  'old_key_refused',
  'refused',
  'not_accepted',
  'stopped',
]);
export type RotationProblem = z.infer<typeof rotationProblemSchema>;

export const rotationSchema = z.strictObject({
  contextId: z.uuid(),
  oldKeyId: z.uuid(),
  newKeyId: z.uuid(),
  /** `paste`: the service does not let a key name its successor, so the user pastes a registration token. */
  mode: z.enum(['service', 'paste']),
  step: rotationStepSchema,
  running: z.boolean(),
  problem: rotationProblemSchema.nullable(),
  /** False once the new key has taken over. */
  canUndo: z.boolean(),
});
export type Rotation = z.infer<typeof rotationSchema>;
