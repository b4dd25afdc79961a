import { z } from 'zod';
import { readInvitationLink } from '../domain/app-link.ts';
import { call } from './define.ts';

/**
 * A `keyhold://` link that was opened outside the window. Main keeps the secret part of it.
 *
 * - `join`: an invitation of the service at `origin`; nothing was asked there yet.
 * - `unknown`: it is none that Keyhold knows. To be said, then closed.
 */
const openedLinkSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('join'),
    origin: z.string(),
    host: z.string(),
    /** Of this opening of it: each is shown by itself once, and what is done with it names it. */
    id: z.uuid(),
  }),
  z.strictObject({ kind: z.literal('unknown') }),
]);
export type OpenedLink = z.infer<typeof openedLinkSchema>;

export const linksCalls = {
  /** The link that waits to be looked at. */
  current: call({ request: z.undefined(), response: openedLinkSchema.nullable() }),
  /** A person pasted the link of an invitation: it is shown as if it had been opened. */
  paste: call({
    request: z.strictObject({
      link: z
        .string()
        .max(1024)
        .refine((text) => readInvitationLink(text) !== null),
    }),
    response: z.undefined(),
  }),
  /** It was looked at. */
  close: call({ request: z.undefined(), response: z.undefined() }),
};
