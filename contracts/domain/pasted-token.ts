// Tokens that sign in at a keeper. Without schemas, so that the window can use it.

/**
 * - `jwt`: signed by an issuer that the service trusts.
 * - `dev-token`: the one token of a server that somebody develops with.
 */
export const pastedForms = ['jwt', 'dev-token'] as const;
export type PastedForm = (typeof pastedForms)[number];

/** The field of a request for a token of each form. Never `Authorization`. */
export const pastedFields = { jwt: 'X-JWT-TOKEN', 'dev-token': 'X-DEV-TOKEN' } as const satisfies Record<
  PastedForm,
  string
>;

/** `GET` says whom a token stands for, and its rules. */
export const controlMePath = '/v1/keeper/control/me';
