import { z } from 'zod';
import { roleNameMax, roleTestsMax, roleTextMax } from '../domain/role.ts';
import { operationIds } from '../permissions/operations.ts';
import { call } from './define.ts';
import { remoteKeyIdSchema } from './remote-keys.ts';

/** Sets of rules that people keep under a name, in this vault: the service knows nothing of them. */

/** What must stay so whatever the rules say: a key by its id, or null for what is about none. */
const roleTestSchema = z.strictObject({
  operation: z.enum(operationIds),
  keyId: remoteKeyIdSchema.nullable(),
  allowed: z.boolean(),
});
export type RoleTest = z.infer<typeof roleTestSchema>;

const roleNameSchema = z
  .string()
  .min(1)
  .max(roleNameMax)
  .regex(/^[^\p{Cc}]+$/u)
  .refine((name) => name.trim() === name);

const roleContent = {
  name: roleNameSchema,
  /** One rule a line, as it was typed: lines that cannot be read and empty ones too. */
  text: z.string().max(roleTextMax),
  tests: z.array(roleTestSchema).max(roleTestsMax),
};

export const roleSchema = z.strictObject({
  id: z.uuid(),
  ...roleContent,
  /** RFC 3339. */
  changedAt: z.string(),
});
export type Role = z.infer<typeof roleSchema>;

const byRole = z.strictObject({ roleId: z.uuid() });

export const rulesCalls = {
  roles: call({ request: z.undefined(), response: z.array(roleSchema), verbatim: ['text'] }),
  /** Makes one, or changes that of `roleId`. Two of one name there are not. */
  saveRole: call({
    request: z.strictObject({ roleId: z.uuid().nullable(), ...roleContent }),
    response: roleSchema,
    errors: ['role_not_found', 'name_taken', 'too_many_roles'],
    verbatim: ['text'],
  }),
  removeRole: call({ request: byRole, response: z.undefined(), errors: ['role_not_found'] }),
  /**
   * Writes the rules to a file that the person chooses: the `permissions` claim as JSON array, or the dev file of a keeper
   * without its token. Null where they chose none.
   */
  exportRole: call({
    request: byRole.extend({ form: z.enum(['claim', 'dev-file']) }),
    response: z.strictObject({ fileName: z.string() }).nullable(),
    errors: ['role_not_found', 'role_has_errors', 'storage_failed'],
  }),
  /** Puts the saved rules on the clipboard as the `permissions` claim's JSON array. No secret: they stay there. */
  copyRole: call({ request: byRole, response: z.undefined(), errors: ['role_not_found', 'role_has_errors'] }),
};
