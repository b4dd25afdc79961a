import { z } from 'zod';

/** What may be wrong with a file in which a client looks for its helpers. */
const clientFileFaults = [
  'empty',
  'folder',
  'special',
  'no_access',
  'too_large',
  'encoding',
  'byte_order_mark',
  'not_json',
  'other_form',
  'twice',
] as const;

export const clientFileFaultSchema = z.enum(clientFileFaults);
export type ClientFileFault = z.infer<typeof clientFileFaultSchema>;
