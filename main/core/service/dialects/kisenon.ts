import type { Capability } from '../../../../contracts/domain/capability.ts';

/** What a service of this dialect can do. What the signed-in user may do of it, each page finds out. */
export const kisenonCapabilities: readonly Capability[] = [
  'organizations',
  'members',
  'api-keys',
  'projects',
  'accounts',
];
