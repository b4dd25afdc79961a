import { KeyholdError } from '../../../../contracts/errors.ts';
import { limits } from '../../../../contracts/domain/limits.ts';
import { isLoopbackHost } from '../../../../contracts/domain/origin.ts';
import { pastedFields, type PastedForm } from '../../../../contracts/domain/pasted-token.ts';

/** A JWT in compact form (RFC 7515, section 7.1): signed, so that none of its parts is empty. */
const jwtPattern = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;
/** What can stand in a field of a request, and within quotes in a command (RFC 9110, section 5.5). */
const devTokenPattern = /^[!#-&(-[\]-~]+$/;

/** Whether a text can be kept and sent as a token of this form. */
export function isPasted(form: PastedForm, token: string): boolean {
  return token.length <= limits.inspectMax && (form === 'jwt' ? jwtPattern : devTokenPattern).test(token);
}

/**
 * The fields of a request that a pasted token signs in.
 *
 * @param origin - Whom the request is for.
 * @throws KeyholdError `dev_token_elsewhere`: the token of a dev server is a password that everybody who develops with
 *   it shares, and goes to this computer alone.
 */
export function pastedHeaders(origin: string, form: PastedForm, token: string): Record<string, string> {
  if (form === 'dev-token' && !isLoopbackHost(new URL(origin).hostname))
    throw new KeyholdError('dev_token_elsewhere');
  return { [pastedFields[form].toLowerCase()]: token };
}
