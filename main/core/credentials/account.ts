import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { SigningAlg } from '../../../contracts/server-api/index.ts';

/** What a credential has to know of the account that it signs in: one user of one service. */
export interface Account extends Pick<ContextSummary, 'id' | 'origin' | 'userId' | 'state' | 'maxTokenTtl'> {
  signingAlg: SigningAlg;
}
