/*
 * The permission language once more, character by character and as slow as it likes: what contracts/permissions is held against.
 * It shares no line with it.
 */

export interface Refusal {
  reason: string;
  at: number;
  length: number;
}

export type OracleRule = { body: string; isDeny: boolean; refusal: null } | { refusal: Refusal };

/** All that counts as white space: tabs and line ends, spaces of every width, the byte order mark. */
const spaces = new Set([
  ...[
    0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x20, 0xa0, 0x16_80, 0x20_28, 0x20_29, 0x20_2f, 0x20_5f, 0x30_00, 0xfe_ff,
  ],
  ...Array.from({ length: 11 }, (_, at) => 0x20_00 + at),
]);

export function oracleRead(text: string): OracleRule {
  const refuse = (reason: string, at: number, length: number): OracleRule => ({
    refusal: { reason, at, length },
  });
  if (text.length > 1024) return refuse('too_long', 1024, text.length - 1024);
  for (let at = 0; at < text.length; at++)
    if (spaces.has(text.charCodeAt(at))) return refuse('white_space', at, 1);
  const isDeny = text.startsWith('-');
  const start = isDeny ? 1 : 0;
  if (text.length === start) return refuse('empty', start, 0);
  let begin = start;
  let stars = 0;
  let areTogether = false;
  for (let at = start; at <= text.length; at++) {
    const character = text.charAt(at);
    if (character === '*') {
      stars += 1;
      if (at > begin && text.charAt(at - 1) === '*') areTogether = true;
    }
    if (at < text.length && character !== '.') continue;
    if (at === begin) return refuse('empty_segment', begin, 0);
    if (areTogether) return refuse('deep_wildcard', begin, at - begin);
    if (stars > 1) return refuse('many_wildcards', begin, at - begin);
    [begin, stars, areTogether] = [at + 1, 0, false];
  }
  return { body: text.slice(start), isDeny, refusal: null };
}

/** Whether a rule's body speaks of a permission: a star is any run of characters but dots, the empty one too. */
export function oracleMatches(body: string, permission: string): boolean {
  if (
    permission === '' ||
    permission.startsWith('.') ||
    permission.endsWith('.') ||
    permission.includes('..')
  )
    return false;
  const from = (at: number, asked: number): boolean => {
    if (at === body.length) return asked === permission.length;
    if (body.charAt(at) !== '*')
      return (
        asked < permission.length && body.charAt(at) === permission.charAt(asked) && from(at + 1, asked + 1)
      );
    if (from(at + 1, asked)) return true;
    return asked < permission.length && permission.charAt(asked) !== '.' && from(at, asked + 1);
  };
  return from(0, 0);
}

export type OracleDecision =
  | { allowed: boolean; because: 'granted' | 'denied'; text: string; index: number }
  | { allowed: false; because: 'not_granted' }
  | { allowed: false; because: 'bad_rule'; index: number; refusal: Refusal };

export function oracleDecide(texts: readonly string[], permission: string): OracleDecision {
  const read = texts.map(oracleRead);
  for (const [index, { refusal }] of read.entries())
    if (refusal !== null) return { allowed: false, because: 'bad_rule', index, refusal };
  for (const wantsDeny of [true, false])
    for (const [index, rule] of read.entries())
      if (rule.refusal === null && rule.isDeny === wantsDeny && oracleMatches(rule.body, permission))
        return {
          allowed: !wantsDeny,
          because: wantsDeny ? 'denied' : 'granted',
          text: texts[index] ?? '',
          index,
        };
  return { allowed: false, because: 'not_granted' };
}

/** What operations were called before. */
const earlier: Readonly<Record<string, string>> = {
  'dkg.create': 'tkeeper.dkg.generate',
  'dkg.rotate': 'tkeeper.dkg.generate.overwrite',
  'key.destroy': 'tkeeper.storage.delete',
  'integrity.rotate': 'tkeeper.integrity.regen',
};

export function oracleMay(texts: readonly string[], operation: string, keyId: string | null): boolean {
  const name = operation.startsWith('key.')
    ? `tkeeper.key.${keyId ?? '*'}.${operation.slice(4)}`
    : `tkeeper.${operation}`;
  const before = earlier[operation];
  const decisions = [name, before].flatMap((permission) =>
    permission === undefined ? [] : [oracleDecide(texts, permission)],
  );
  if (decisions.some(({ because }) => because === 'denied' || because === 'bad_rule')) return false;
  // A star is for the names of today.
  return decisions[0]?.allowed === true || (before !== undefined && texts.includes(before));
}
