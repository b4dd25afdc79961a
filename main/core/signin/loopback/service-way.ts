import { printable } from '../../../../contracts/domain/printable.ts';
import type { BrowserAccess } from '../../../../contracts/domain/browser-access.ts';
import { KeyholdError, type ErrorCode } from '../../../../contracts/errors.ts';
import type { ApiErrorCode } from '../../../../contracts/server-api/index.ts';
import { failureOf, type ServiceDeps } from '../../service/client.ts';
import type { Discovery } from '../../service/discovery.ts';
import { codePattern } from './callback.ts';
import { askToExchange } from './exchange.ts';
import type { Way } from '../browser-way.ts';

/** What codes of the service mean at the exchange. */
const codes: Partial<Record<ApiErrorCode, ErrorCode>> = {
  invalid_grant: 'sign_in_code_gone',
  alpha_pending: 'approval_pending',
};

interface Wanted {
  /** Slug of the organization that the context acts in; null for one that the person chooses. */
  org: string | null;
  access: BrowserAccess;
  /** What this computer calls itself; the person reads it in the browser. */
  computerName: string;
}

/** Signing in at the service itself, on a page of its own origin. @throws KeyholdError `sign_in_not_offered` */
export function serviceWay(
  deps: ServiceDeps,
  { service: { origin }, authorizeUrl }: Discovery,
  { org, access, computerName }: Wanted,
): Way {
  if (authorizeUrl === null) throw new KeyholdError('sign_in_not_offered');
  const device = fitName(computerName);
  return {
    page: authorizeUrl,
    pageOrigin: origin,
    provider: null,
    query: {
      client_name: 'Keyhold',
      ...(device !== '' && { device }),
      access,
      ...(org !== null && { org }),
    },
    isCode: (code) => codePattern.test(code),
    exchange: async (ticket) => {
      const answer = await askToExchange(deps, origin, ticket);
      if (answer.kind === 'unreachable') throw new KeyholdError('sign_in_offline');
      if (answer.kind !== 'answered') throw failureOf(answer, codes);
      return answer.value;
    },
  };
}

/** As the service takes a name: one line of 64 characters at most, with nothing in it that cannot be seen. */
function fitName(name: string): string {
  return printable(name.trim(), 64);
}
