import type { ContextSummary } from '../../../../contracts/domain/context.ts';
import type {
  AudienceVerdict,
  Inspection,
  InspectionNote,
  SignatureVerdict,
  TimeVerdict,
} from '../../../../contracts/domain/inspection.ts';
import type { ContextService } from '../../contexts/context-service.ts';
import type { Credentials } from '../../credentials/credentials.ts';
import { verifySignature } from '../../credentials/keys/ed25519.ts';
import { fingerprint } from '../../lib/fingerprint.ts';
import type { PublicHalf } from '../../credentials/keys/ended-keys.ts';
import type { Clock } from '../../ports.ts';
import { readCompactToken } from '../../lib/compact-token.ts';
import type { CompactToken } from '../../lib/compact-token.ts';
import { readMembers, readTime } from './members.ts';

/** RFC 9864 and RFC 8037: the algorithms of the contexts' keys. */
const ownAlgs: readonly string[] = ['Ed25519', 'EdDSA'];
/** RFC 7518, section 3.2. */
const secretAlgs: readonly string[] = ['HS256', 'HS384', 'HS512'];
/** RFC 7518, section 3.1, RFC 8812 and RFC 9864: public keys of other kinds, which no context has. */
const otherAlgs: readonly string[] = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'ES256K', 'Ed448', 'ESP256', 'ESP384', 'ESP512'],
];
/** Header members by which a token brings a key of its own (RFC 7515, section 4.1). */
const keyMembers = ['jwk', 'jku', 'x5u', 'x5c'];

interface InspectorDeps {
  contexts: Pick<ContextService, 'list'>;
  credentials: Pick<Credentials, 'publicKeys' | 'validityOf'>;
  clock: Clock;
}

interface Signed {
  verdict: SignatureVerdict;
  /** The context whose key made the signature. */
  context: ContextSummary | null;
}

/**
 * Says what a token is: its parts in words, and what can be checked of it with the public keys of the contexts.
 * Keeps nothing of the token and asks nobody.
 */
export class TokenInspector {
  readonly #deps: InspectorDeps;

  constructor(deps: InspectorDeps) {
    this.#deps = deps;
  }

  /** @param text - A token, or an `Authorization` field with one. */
  async inspect(text: string): Promise<Inspection> {
    const read = readCompactToken(text);
    if (!read.ok) return { kind: 'malformed', ...read.fault };
    const { header, claims } = read.token;
    const contexts = this.#deps.contexts.list();
    const { verdict, context } = await this.#checkSignature(read.token, contexts);
    return {
      kind: 'decoded',
      algorithm: typeof header['alg'] === 'string' ? header['alg'] : null,
      header: readMembers(header),
      claims: readMembers(claims),
      signature: verdict,
      time: checkTime(claims, this.#deps.clock.now().getTime()),
      audience: checkAudience(claims['aud'], context, contexts),
      notes: collectNotes(read.token, context),
    };
  }

  async #checkSignature(token: CompactToken, contexts: readonly ContextSummary[]): Promise<Signed> {
    const { alg, kid } = token.header;
    const unchecked = (state: 'unsigned' | 'missing' | 'alg_missing'): Signed => ({
      verdict: { state },
      context: null,
    });
    if (typeof alg !== 'string') return unchecked('alg_missing');
    if (alg.toLowerCase() === 'none') return unchecked('unsigned');
    if (token.signature.length === 0) return unchecked('missing');

    const keys = this.#deps.credentials.publicKeys();
    const named = keys.find((key) => key.kid === kid);
    const candidates = named === undefined ? keys : [named];
    for (const key of ownAlgs.includes(alg) ? candidates : []) {
      if (!(await verifySignature(key.publicKey, token.signedBytes, token.signature))) continue;
      const context = contexts.find(({ id }) => id === key.contextId) ?? null;
      const signer = this.#describeSigner(key, context);
      return { verdict: { state: 'verified', named: key === named, ...signer }, context };
    }
    if (named !== undefined) {
      const context = contexts.find(({ id }) => id === named.contextId) ?? null;
      return { verdict: { state: 'wrong', ...this.#describeSigner(named, context) }, context: null };
    }
    return { verdict: { state: whyUnchecked(alg) }, context: null };
  }

  #describeSigner(
    { contextId, kid, label, publicKey }: PublicHalf,
    context: ContextSummary | null,
  ): Pick<
    Extract<SignatureVerdict, { state: 'verified' }>,
    'contextId' | 'contextName' | 'keyLabel' | 'fingerprint' | 'key'
  > {
    return {
      contextId: context === null ? null : contextId,
      contextName: context?.name ?? null,
      keyLabel: label,
      fingerprint: fingerprint(publicKey),
      key: this.#deps.credentials.validityOf(kid),
    };
  }
}

function whyUnchecked(alg: string): 'key_unknown' | 'shared_secret' | 'alg_unknown' {
  if (secretAlgs.includes(alg)) return 'shared_secret';
  return ownAlgs.includes(alg) || otherAlgs.includes(alg) ? 'key_unknown' : 'alg_unknown';
}

/** RFC 7519, sections 4.1.4 and 4.1.5, by this computer's clock and without leeway. */
function checkTime(claims: CompactToken['claims'], now: number): TimeVerdict {
  const { exp, nbf } = claims;
  const [end, begin] = [readTime(exp), readTime(nbf)];
  if ((exp !== undefined && end === null) || (nbf !== undefined && begin === null)) return 'unreadable';
  if (end !== null && end <= now) return 'expired';
  if (begin !== null && begin > now) return 'not_yet';
  return end === null ? 'no_expiry' : 'valid';
}

/** RFC 7519, section 4.1.3: one audience, or a list of them. */
function checkAudience(
  aud: unknown,
  signer: ContextSummary | null,
  contexts: readonly ContextSummary[],
): AudienceVerdict {
  const audiences = [aud].flat().filter((one) => typeof one === 'string');
  if (audiences.length === 0) return { state: 'missing' };
  if (signer !== null) {
    return audiences.includes(signer.origin)
      ? { state: 'known', contextName: signer.name }
      : { state: 'wrong', expected: signer.origin };
  }
  const known = contexts.find(({ origin }) => audiences.includes(origin));
  return known === undefined ? { state: 'foreign' } : { state: 'known', contextName: known.name };
}

function collectNotes({ header, claims }: CompactToken, signer: ContextSummary | null): InspectionNote[] {
  const notes: InspectionNote[] = [];
  if ('crit' in header) notes.push('crit');
  if (signer === null && keyMembers.some((name) => name in header)) notes.push('own_key');
  const isOther = (user: unknown): boolean => user !== undefined && user !== signer?.userId;
  if (signer !== null && (isOther(claims['sub']) || isOther(claims['iss']))) notes.push('user');
  return notes;
}
