import { z } from 'zod';
import { call } from './define.ts';

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
};
