import { InvalidCredentialsError, ResultCodeError } from 'ldapts';
import { codeOf } from '../../error-code.ts';

/** That a directory cannot be asked; the message continues "The directory …". */
export class DirectoryProblem extends Error {
  override readonly name = 'DirectoryProblem';
}

/** What its refusals mean for whoever runs the server (RFC 4511, appendix A). */
const refusals: Readonly<Record<number, string>> = {
  3: 'takes too long to look: have it allow the bind DN more time',
  4: 'shows a part only: have it allow the bind DN more entries, or narrow the filter',
  8: 'wants TLS: set an ldaps:// address or starttls',
  10: 'sends elsewhere, which is not followed: give the address of the one that has the place',
  11: 'shows a part only: have it allow the bind DN more entries, or narrow the filter',
  13: 'wants TLS: set an ldaps:// address or starttls',
  32: 'has no such place: check base_dn and group_base_dn',
  34: 'cannot read a name: check base_dn, bind_dn and group_base_dn',
  50: 'does not let the bind DN look there',
};

const certificateCodes = /^(?:UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|CERT_|ERR_TLS_CERT_)/;

/** Why a directory cannot be asked, for whoever runs the server. What it said itself is not passed on. */
export function problemOf(error: unknown): DirectoryProblem {
  if (error instanceof DirectoryProblem) return error;
  if (error instanceof InvalidCredentialsError) {
    return new DirectoryProblem('does not know the bind DN, or not by this password');
  }
  if (error instanceof ResultCodeError) {
    const words = refusals[error.code] ?? 'refuses to look people up';
    return new DirectoryProblem(`${words} (LDAP result ${String(error.code)})`);
  }
  const code = codeOf(error);
  return new DirectoryProblem(
    certificateCodes.test(code)
      ? `has a certificate that is not believed (${code}): check url and ca_file`
      : `cannot be reached (${code})`,
  );
}
