const sequence = 0x30;
const integer = 0x02;

interface Element {
  tag: number;
  content: Buffer;
  /** Where the next one begins. */
  end: number;
}

/** One element of a DER text (ITU-T X.690); null when there is none. */
function elementAt(der: Buffer, at: number): Element | null {
  const tag = der[at];
  const short = der[at + 1];
  if (tag === undefined || short === undefined) return null;
  const more = short & 0x7f;
  const isLong = short > 0x7f;
  // No part of a key file is longer than four bytes can say.
  if (isLong && (more === 0 || more > 4 || at + 2 + more > der.length)) return null;
  const from = at + 2 + (isLong ? more : 0);
  const end = from + (isLong ? der.readUIntBE(at + 2, more) : short);
  return end > der.length ? null : { tag, content: der.subarray(from, end), end };
}

/** The integers in an element's content and in the sequences in it, in order; null when it is no DER. */
function integersIn(der: Buffer): number[] | null {
  const found: number[] = [];
  for (let at = 0; at < der.length;) {
    const element = elementAt(der, at);
    if (element === null) return null;
    at = element.end;
    if (element.tag === integer) {
      found.push(
        element.content.length > 6
          ? Number.MAX_SAFE_INTEGER
          : Number(`0x0${element.content.toString('hex')}`),
      );
    }
    const inner = element.tag === sequence ? integersIn(element.content) : [];
    if (inner === null) return null;
    found.push(...inner);
  }
  return found;
}

/**
 * The numbers that the algorithm of an encrypted PKCS#8 key has as parameters (RFC 5958, section 3): how often the
 * passphrase is hashed, how long the key is.
 *
 * @returns null when the bytes are no such key
 */
export function algorithmNumbers(der: Buffer): number[] | null {
  const whole = elementAt(der, 0);
  const algorithm = whole?.tag === sequence ? elementAt(whole.content, 0) : null;
  return algorithm?.tag === sequence ? integersIn(algorithm.content) : null;
}
