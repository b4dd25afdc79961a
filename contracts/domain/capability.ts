import { z } from 'zod';

/**
 * What a context's service can do that a page of the window is about. What its user may do of it, the page finds out
 * when it asks the service.
 */
export const capabilitySchema = z.enum([
  'repositories',
  'permissions',
  'access',
  'bots',
  'organizations',
  'members',
  'api-keys',
  'projects',
  'accounts',
  'passwords',
  'users',
  'groups',
  'api-tokens',
  'audit',
  'directory',
  'audit-proof',
  'remote-keys',
  'rules',
]);
export type Capability = z.infer<typeof capabilitySchema>;
