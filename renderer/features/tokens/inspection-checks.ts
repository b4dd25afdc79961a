import type { DecodedToken } from '../../../contracts/domain/inspection.ts';
import { exactTime, shortFingerprint } from '../../lib/format.ts';
import { signerName, type Verified } from './inspection-words.ts';

export interface Check {
  name: string;
  tone: 'neutral' | 'good' | 'warning' | 'error';
  state: string;
  words: string;
}

/** What was checked of a token, one by one. */
export function checksOf(token: DecodedToken): Check[] {
  return [
    signatureCheck(token),
    ...(token.signature.state === 'verified' ? [keyCheck(token.signature)] : []),
    timeCheck(token),
    audienceCheck(token),
    ...noteChecks(token),
  ];
}

function checkOf(name: string): (tone: Check['tone'], state: string, words: string) => Check {
  return (tone, state, words) => ({ name, tone, state, words });
}

function signatureCheck({ signature, algorithm }: DecodedToken): Check {
  const check = checkOf('Signature');
  switch (signature.state) {
    case 'verified': {
      const key = `${signerName(signature)} (${shortFingerprint(signature.fingerprint)})`;
      return check(
        'good',
        'Genuine',
        signature.named ? `By ${key}.` : `By ${key}, which the token does not name.`,
      );
    }
    case 'wrong':
      return check(
        'error',
        'Not genuine',
        `Not by ${signerName(signature)} (${shortFingerprint(signature.fingerprint)}), which the token names.`,
      );
    case 'key_unknown':
      return check('neutral', 'Not checked', `${algorithm ?? ''}, by a key that none of your contexts has.`);
    case 'shared_secret':
      return check('neutral', 'Not checked', `${algorithm ?? ''}: only the issuer’s secret could check it.`);
    case 'alg_unknown':
      return check('warning', 'Not checked', `${algorithm ?? ''} is no algorithm that Keyhold knows.`);
    case 'unsigned':
      return check('error', 'None', 'The header says that there is none.');
    case 'missing':
      return check('error', 'Missing', `The header says ${algorithm ?? ''}, but the third part is empty.`);
    case 'alg_missing':
      return check('error', 'Not checked', 'The header names no algorithm.');
  }
}

function keyCheck({ key }: Verified): Check {
  const check = checkOf('Key');
  switch (key.state) {
    case 'live':
      return check('good', 'Registered', 'Nothing is known of its being revoked.');
    case 'unregistered':
      return check('warning', 'Not registered', 'Its service does not know it.');
    case 'revoked':
      return check('error', 'Revoked', `Known since ${exactTime(key.at)}.`);
    case 'deleted':
      return check(
        'warning',
        'Deleted',
        `Here, on ${exactTime(key.at)}; whether its service revoked it is not known.`,
      );
    case 'expired':
      return check(
        'warning',
        'Over its age limit',
        `Since ${exactTime(key.at)}; its service does not know that limit.`,
      );
  }
}

function timeCheck({ time }: DecodedToken): Check {
  const check = checkOf('Time');
  switch (time) {
    case 'valid':
      return check('good', 'Valid now', 'By this computer’s clock, when it was inspected.');
    case 'expired':
      return check('error', 'Expired', 'Its end (exp) has passed.');
    case 'not_yet':
      return check('warning', 'Not valid yet', 'Its beginning (nbf) is still to come.');
    case 'no_expiry':
      return check('warning', 'No end', 'It names no end (exp).');
    case 'unreadable':
      return check('error', 'Not readable', 'Its end (exp) or beginning (nbf) is no time.');
  }
}

function audienceCheck({ audience }: DecodedToken): Check {
  const check = checkOf('Audience');
  switch (audience.state) {
    case 'known':
      return check('good', 'Known', `For the service of ${audience.contextName}.`);
    case 'wrong':
      return check('error', 'Wrong', `Not for ${audience.expected}, the service of the key that signed it.`);
    case 'foreign':
      return check('neutral', 'Foreign', 'For a service that none of your contexts is of.');
    case 'missing':
      return check('warning', 'Missing', 'It names no service (aud).');
  }
}

function noteChecks({ notes }: DecodedToken): Check[] {
  const checks: Readonly<Record<DecodedToken['notes'][number], Check>> = {
    crit: {
      name: 'Extensions',
      tone: 'warning',
      state: 'Demanded',
      words: 'Whoever does not know what its header lists (crit) must refuse it.',
    },
    own_key: {
      name: 'Own key',
      tone: 'warning',
      state: 'Not used',
      words: 'It brings a key of its own, or the address of one. Such a key proves nothing.',
    },
    user: {
      name: 'User',
      tone: 'error',
      state: 'Another',
      words: 'Its user (sub) or issuer (iss) is not the user of the context.',
    },
  };
  return notes.map((note) => checks[note]);
}
