import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { printable } from '../../../contracts/domain/printable.ts';
import type { PastedClaims } from '../../../contracts/ipc/token-sign-in.ts';
import { doubtfulRule, holdRules } from '../../../contracts/permissions/decision.ts';
import { errorText } from '../../lib/error-text.ts';
import { clockTime, counted, relativeTime } from '../../lib/format.ts';

/** What is known of the context that a token is to sign in. */
export type Expected = Pick<ContextSummary, 'userId' | 'audience'>;

export interface TokenProblem {
  tone: 'warning' | 'error';
  title: string;
  text: string;
}

/** What keepers take: RSA in the form of PKCS #1, and elliptic curves. */
const usualAlgorithms = /^(?:RS|ES)(?:256|384|512)$/;

/** Why a token cannot be used now, in a sentence for its field; null where its times do not speak against it. */
export function timeProblem({ endsAt, notBefore }: PastedClaims, now: number): string | null {
  if (endsAt !== null && Date.parse(endsAt) <= now) {
    const { title, advice } = errorText('token_over');
    return `${title}: it ended ${relativeTime(endsAt, now)}. ${advice}`;
  }
  if (notBefore === null || Date.parse(notBefore) <= now) return null;
  return `This token is not good yet: it is from ${clockTime(notBefore, now)} on. Sign in then.`;
}

/**
 * What will go wrong with a token whose times are right, as far as its text says.
 *
 * @param expected - Null for a context that is not there yet.
 */
export function problemsOf(claims: PastedClaims, expected: Expected | null): TokenProblem[] {
  const { subject, audience, endsAt, algorithm, kid } = claims;
  const problems: TokenProblem[] = [];
  const tell = (tone: TokenProblem['tone'], title: string, text: string): void => {
    problems.push({ tone, title, text });
  };
  if (subject === null)
    tell('error', 'It names nobody', 'Services take only tokens that say whose they are.');
  else if (expected !== null && subject !== expected.userId) {
    const text = `This context is that of ${expected.userId}, and the token that of ${subject}. Add a context for ${subject}, or paste another token.`;
    tell('error', 'It is for another user', text);
  }
  if (endsAt === null)
    tell('error', 'It has no end', 'Services take only tokens that say until when they are good.');
  if (!usualAlgorithms.test(algorithm) || kid === null) {
    const what = kid === null ? 'it does not name the key that signed it' : `it is signed with ${algorithm}`;
    tell('warning', 'The service may not take it', `As far as Keyhold can see, ${what}.`);
  }
  const other = audienceProblem(expected?.audience ?? null, audience);
  return [...problems, ...(other === null ? [] : [other]), ...ruleProblems(claims)];
}

/**
 * What is to be said of whom a token is for, where the last one of its context was for somebody else.
 *
 * @param last - Null where that is not known.
 */
export function audienceProblem(last: string | null, audience: readonly string[]): TokenProblem | null {
  if (last === null || audience.length === 0 || audience.includes(last)) return null;
  const text = `Was ${last}, now ${audience.join(', ')}. Go on only if you know why.`;
  return { tone: 'warning', title: 'The last token here was for somebody else', text };
}

function ruleProblems({ permissions }: PastedClaims): TokenProblem[] {
  const tone = 'warning';
  if (permissions === null || permissions.length === 0) {
    const has = permissions === null ? 'has no permissions claim' : 'names no permission';
    const text = `It ${has}: the service lets you in, and refuses whatever you do.`;
    return [{ tone, title: 'It lets you do nothing', text }];
  }
  const held = holdRules(permissions);
  const [bad] = held.bad;
  if (bad === undefined) return [];
  const text = `“${printable(bad.text, Infinity)}” is no rule. With it among them, the service ${doubtfulRule(held) === null ? 'refuses' : 'may refuse'} whatever you do.`;
  return [{ tone, title: 'One of its rules cannot be read', text }];
}

/** How many rules there are, and which way they go. */
export function rulesWords(permissions: readonly string[] | null): string {
  const count = permissions?.length ?? 0;
  if (permissions === null || count === 0) return 'None';
  const denies = permissions.filter((text) => text.startsWith('-')).length;
  const [grant, deny] = [count - denies, denies].map((each) => each.toLocaleString('en'));
  return `${counted(count, 'rule')}${denies === 0 ? '' : `: ${String(grant)} grant, ${String(deny)} deny`}`;
}
