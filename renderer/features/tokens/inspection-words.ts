import type { DecodedToken, Inspection, TokenPart } from '../../../contracts/domain/inspection.ts';
import { clockTime, relativeTime } from '../../lib/format.ts';

export interface Verdict {
  tone: 'info' | 'good' | 'warning' | 'error';
  title: string;
  text: string;
}

/** Claims and header members that have a name people know (RFC 7519, section 4.1; RFC 7515, section 4.1). */
const names: Readonly<Partial<Record<string, string>>> = {
  iss: 'Issuer (iss)',
  sub: 'User (sub)',
  aud: 'For (aud)',
  iat: 'Issued (iat)',
  nbf: 'Not before (nbf)',
  exp: 'Expires (exp)',
  jti: 'Token id (jti)',
  auth_time: 'Signed in (auth_time)',
  alg: 'Signature (alg)',
  typ: 'Type (typ)',
  kid: 'Key id (kid)',
};

export function memberName(name: string): string {
  return (Object.hasOwn(names, name) ? names[name] : undefined) ?? name;
}

const parts: Readonly<Record<TokenPart, string>> = {
  header: 'first part, the header,',
  claims: 'second part, the claims,',
  signature: 'third part, the signature,',
};

/** Why a text is no token, where, and what to do. */
export function malformedWords(fault: Extract<Inspection, { kind: 'malformed' }>): string {
  const part = fault.part === null ? 'text' : parts[fault.part];
  const place = fault.position === null ? '' : ` at character ${String(fault.position)}`;
  switch (fault.problem) {
    case 'empty':
      return 'There is nothing after the words “Bearer”. Paste the whole token.';
    case 'parts':
      return 'A token has three parts with dots between them, and this has not. Copy it whole, from its first “eyJ” on.';
    case 'encrypted':
      return 'It has five parts: an encrypted token. Only the service that it is for can read it.';
    case 'character':
      return `The ${part} has a character${place} that tokens do not have. Copy it again, without line breaks and quotes.`;
    case 'length':
      return `The ${part} is cut off or changed${place}. Copy the token again, whole.`;
    case 'utf8':
      return `The ${part} which begins${place} is not text. The token is damaged: get it again from where it came.`;
    case 'json':
      return `The ${part} which begins${place} is not JSON. The token is damaged: get it again from where it came.`;
    case 'depth':
      return `The ${part} which begins${place} is nested more deeply than any token is. Do not use it.`;
    case 'object':
      return `The ${part} which begins${place} is JSON, but not an object. The token is damaged: get it again from where it came.`;
  }
}

/** The one thing to know of a token first. `now` in ms. */
export function verdictOf(token: DecodedToken, now: number): Verdict {
  const { signature } = token;
  switch (signature.state) {
    case 'verified':
      return verifiedVerdict(token, signature, now);
    case 'wrong':
      return {
        tone: 'error',
        title: 'The signature is not genuine',
        text: `The token names ${signerName(signature)}, but that key did not sign it. It was changed or forged: do not use it.`,
      };
    case 'unsigned':
      return {
        tone: 'error',
        title: 'The token is not signed',
        text: 'Its algorithm is “none”: anyone can write such a token. Do not believe what it says.',
      };
    case 'missing':
      return {
        tone: 'error',
        title: 'The signature is missing',
        text: `Its header says ${token.algorithm ?? 'nothing'}, but nothing is signed. Do not believe what it says.`,
      };
    case 'alg_missing':
      return {
        tone: 'error',
        title: 'The token does not say how it is signed',
        text: 'Its header names no algorithm, so no service should accept it.',
      };
    case 'key_unknown':
    case 'shared_secret':
    case 'alg_unknown':
      return uncheckedVerdict(token);
  }
}

function uncheckedVerdict({ signature, algorithm, time }: DecodedToken): Verdict {
  const whys: Readonly<Record<string, string>> = {
    key_unknown:
      'it was not made by a key that Keyhold has or had here, so it cannot tell whether it is genuine',
    shared_secret: `${algorithm ?? ''} is checked with a secret that only its issuer has`,
    alg_unknown: `Keyhold does not know the algorithm ${algorithm ?? ''}`,
  };
  const over = time === 'expired' ? ' By its own words it has expired.' : '';
  return {
    tone: 'info',
    title: signature.state === 'key_unknown' ? 'Signature not checked: key unknown' : 'Signature not checked',
    text: `The token can be read, but ${whys[signature.state] ?? ''}.${over}`,
  };
}

/** When a token ends, in words. */
function endOf(claims: DecodedToken['claims'], now: number): string {
  const end = claims.find(({ name, kind }) => name === 'exp' && kind === 'time');
  return end === undefined
    ? 'it is revoked'
    : `${clockTime(end.value, now)} (${relativeTime(end.value, now)})`;
}

export type Verified = Extract<DecodedToken['signature'], { state: 'verified' }>;

/** The key that a signature was held against, by its label and context. */
export function signerName({ keyLabel, contextName }: Pick<Verified, 'keyLabel' | 'contextName'>): string {
  return `key “${keyLabel}” of ${contextName ?? 'a context that was removed'}`;
}

/** What a genuine token is worth whose key has ended or is not known to its service; null for one that is live. */
function keyVerdict(token: DecodedToken, { key, ...signer }: Verified, now: number): Verdict | null {
  const name = signerName(signer);
  switch (key.state) {
    case 'live':
      return null;
    case 'unregistered':
      return {
        tone: 'warning',
        title: 'Genuine, but its key is not registered',
        text: `Signed by ${name}, which its service does not know: services refuse it. Register the key first.`,
      };
    case 'revoked':
      return {
        tone: 'error',
        title: 'Genuine, but its key is revoked',
        text: `Signed by ${name}, a key that was revoked at ${clockTime(key.at, now)}: services refuse it.`,
      };
    case 'deleted':
      return {
        tone: 'warning',
        title: 'Genuine, but its key is deleted',
        text: `Signed by ${name}, which was deleted here at ${clockTime(key.at, now)}. The service did not confirm that it revoked the key: it may take the token until ${endOf(token.claims, now)}.`,
      };
    case 'expired':
      return {
        tone: 'warning',
        title: 'Genuine, but its key is over its age limit',
        text: `Signed by ${name}, which reached its age limit at ${clockTime(key.at, now)}. Keyhold gives nothing out of it any more; the service does not know that limit and may take the token until ${endOf(token.claims, now)}.`,
      };
  }
}

function verifiedVerdict(token: DecodedToken, signature: Verified, now: number): Verdict {
  const key = signerName(signature);
  const { time, audience, notes, claims } = token;
  const flawed = (title: string, text: string): Verdict => ({
    tone: 'warning',
    title,
    text: `Signed by ${key}, but ${text}`,
  });
  if (time === 'expired') return flawed('Genuine, but expired', 'its time is over. Mint another one.');
  const ended = keyVerdict(token, signature, now);
  if (ended !== null) return ended;
  if (time === 'not_yet') {
    return flawed('Genuine, but not valid yet', 'its time has not come. Check this computer’s clock.');
  }
  if (time === 'unreadable')
    return flawed('Genuine, but without a readable time', 'services will refuse it.');
  if (notes.includes('crit')) {
    return flawed(
      'Genuine, but asks for more',
      'it demands an extension (crit) that services here do not know and refuse.',
    );
  }
  if (audience.state === 'wrong') {
    return flawed(
      'Genuine, but for another service',
      `it is not for ${audience.expected}, which will refuse it.`,
    );
  }
  if (audience.state === 'missing') {
    return flawed('Genuine, but for no service', 'it names no service (aud), so it will be refused.');
  }
  if (notes.includes('user')) {
    return flawed(
      'Genuine, but for another user',
      'it names another user than the context’s, and will be refused.',
    );
  }
  if (time === 'no_expiry')
    return flawed('Genuine, but without an end', 'it names no end (exp): services refuse it.');
  return {
    tone: 'good',
    title: 'Genuine and valid',
    text: `Signed by ${key}, valid until ${endOf(claims, now)}.`,
  };
}
