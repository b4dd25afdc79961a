import { accountIdSchema } from '../../../../contracts/domain/context.ts';
import { KeyholdError } from '../../../../contracts/errors.ts';
import type { SignedIn } from '../../contexts/context-additions.ts';
import { isPasted, pastedHeaders } from '../../credentials/pasted/pasted-form.ts';
import type { PastedForm } from '../../../../contracts/domain/pasted-token.ts';
import { failureOf, type ServiceDeps } from '../../service/client.ts';
import { tokenRefusedCodes } from '../../service/dialects/tkeeper.ts';
import { askKeeper } from '../../service/whoami.ts';
import { ownAudienceOf, readJwt, soundEnd } from './pasted-jwt.ts';

/** A token that can be sent. */
export interface SoundToken {
  form: PastedForm;
  text: string;
  /** RFC 3339; null for a dev token. */
  endsAt: string | null;
  /** Whom it is for: one that only its service goes by, where there is one. */
  audience: string | null;
}

const refusedCodes = Object.fromEntries(tokenRefusedCodes.map((code) => [code, 'token_refused'] as const));

/**
 * Looks whether a token can be one that a service takes, before anybody is asked.
 *
 * @param now - Milliseconds since 1970.
 * @throws KeyholdError `token_no_jwt`, or as `soundEnd`.
 */
export function soundToken(form: PastedForm, pasted: string, now: number): SoundToken {
  if (form === 'dev-token') {
    const text = pasted.trim();
    if (!isPasted(form, text)) throw new KeyholdError('token_no_jwt');
    return { form, text, endsAt: null, audience: null };
  }
  const read = readJwt(pasted);
  if (read === null) throw new KeyholdError('token_no_jwt');
  const audience = ownAudienceOf(read.token);
  return { form, text: read.text, endsAt: soundEnd(read.token, now), audience };
}

/**
 * Asks a service whether it takes a token, and as whom: `GET /v1/keeper/control/me`. Only the service knows which keys may
 * have signed it (docs/adr/0046-pasted-tokens.md).
 *
 * @param org - Slug of the organization that its context acts in, which the token says nothing of.
 * @throws KeyholdError `dev_token_elsewhere`; `token_refused`; `service_refused` with its words, `server_unreachable`,
 *   `not_a_keyhold_server`, also for a subject that cannot be shown.
 */
export async function checkToken(
  deps: ServiceDeps,
  origin: string,
  { form, text, endsAt, audience }: SoundToken,
  org: string | null,
): Promise<SignedIn & { who: string }> {
  const answer = await askKeeper(deps, origin, pastedHeaders(origin, form, text));
  if (answer.kind !== 'answered') throw failureOf(answer, refusedCodes);
  const subject = accountIdSchema.safeParse(answer.value.user?.id);
  if (!subject.success) throw new KeyholdError('not_a_keyhold_server');
  const by = { kind: 'pasted', form, secret: text, endsAt, audience } as const;
  return { userId: subject.data, who: subject.data, org, by };
}
