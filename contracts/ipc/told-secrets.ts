import { z } from 'zod';
import { call } from './define.ts';

/** A secret that main holds until it is closed: its service told it once. */
export const byHeld = z.strictObject({ heldId: z.uuid() });

export const toldSecretsCalls = {
  /** Copies a held secret, and takes it off the clipboard again. */
  copy: call({
    request: byHeld,
    response: z.strictObject({ clearsAt: z.string() }),
    errors: ['secret_gone'],
  }),
  /** Gives a held secret itself, once: a second call answers `secret_gone`. */
  reveal: call({
    request: byHeld,
    response: z.strictObject({ secret: z.string() }),
    errors: ['secret_gone'],
  }),
  /** Lets go of the secret: nobody can have it from then on. */
  close: call({ request: byHeld, response: z.undefined() }),
};
