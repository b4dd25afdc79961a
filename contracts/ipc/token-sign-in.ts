import { z } from 'zod';
import { contextIdSchema } from '../domain/context.ts';
import { limits } from '../domain/limits.ts';
import { pastedForms } from '../domain/pasted-token.ts';
import { perClientSchema } from '../domain/registry-client.ts';
import { call } from './define.ts';
import { setUpOutcomeSchema } from './signin.ts';
import { signInErrors, signInTargetSchema } from './sign-in-target.ts';

const pastedSchema = z.string().max(limits.inspectMax);

/** What stands in a JWT, as its text says: nobody has checked it. Times are RFC 3339. */
const pastedClaimsSchema = z.strictObject({
  algorithm: z.string(),
  kid: z.string().nullable(),
  subject: z.string().nullable(),
  issuer: z.string().nullable(),
  audience: z.array(z.string()),
  issuedAt: z.string().nullable(),
  notBefore: z.string().nullable(),
  endsAt: z.string().nullable(),
  /** Null where the claim is missing or no list of texts. */
  permissions: z.array(z.string()).nullable(),
});
export type PastedClaims = z.infer<typeof pastedClaimsSchema>;

/** Sign-in at a service by what it, or its provider, gave a person to paste: a JWT, or the token of a dev server. */
export const tokenSignInCalls = {
  /** Takes a JWT apart, and asks nobody. Null for what is none. The text is not kept. */
  read: call({
    request: z.strictObject({ token: pastedSchema }),
    response: pastedClaimsSchema.nullable(),
    verbatim: ['permissions'],
  }),
  /** Asks the service whether it takes the token, and keeps it in the vault where it does. */
  signIn: call({
    request: z.strictObject({
      target: signInTargetSchema,
      /** `dev-token` goes to this computer alone. */
      form: z.enum(pastedForms),
      token: pastedSchema,
    }),
    response: z.strictObject({
      contextId: contextIdSchema,
      who: z.string(),
      setUps: perClientSchema(setUpOutcomeSchema),
    }),
    errors: [
      ...signInErrors,
      'token_no_jwt',
      'token_refused',
      'token_over',
      'token_not_yet',
      'dev_token_elsewhere',
    ],
  }),
};
