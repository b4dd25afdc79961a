import { z } from 'zod';
import { call } from './define.ts';

/** Pages whose work may be unsaved while the window goes. */
const unsavedPlaceSchema = z.enum(['rules', 'access']);
export type UnsavedPlace = z.infer<typeof unsavedPlaceSchema>;

export const appCalls = {
  info: call({
    needs: 'nothing',
    request: z.undefined(),
    response: z.strictObject({
      version: z.string(),
      electron: z.string(),
      platform: z.string(),
      /** False on an Electron that is used for development only (see ADR 2). */
      runtimeSupported: z.boolean(),
    }),
  }),
  /** Says where something is not saved: main asks before it lets the window go. Work outlives the lock, and so may this. */
  noteUnsaved: call({
    needs: 'nothing',
    request: z.strictObject({ places: z.array(unsavedPlaceSchema).max(unsavedPlaceSchema.options.length) }),
    response: z.undefined(),
  }),
};
