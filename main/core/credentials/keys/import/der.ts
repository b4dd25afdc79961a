/** What was read is no DER, or has not the form that it should have. */
export class DerError extends Error {
  override name = 'DerError';
}

/** Tags of DER (ITU-T X.690, section 8) that keys are made of. */
export const tag = {
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  nothing: 0x05,
  oid: 0x06,
  sequence: 0x30,
} as const;

/** The tag of the element numbered so in its context: `[0]`, `[1]`. */
export function contextTag(number: number, isConstructed: boolean): number {
  return (isConstructed ? 0xa0 : 0x80) + number;
}

/** Integers of more bytes are more than anything here may be. */
const longestInteger = 6;

/**
 * Reads DER (ITU-T X.690, section 10), one element after the other. Strict: lengths are definite and as short as they
 * can be, and nothing is let pass behind the last element.
 */
export class DerReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** The tag of the next element; null at the end. */
  next(): number | null {
    return this.#bytes[this.#at] ?? null;
  }

  /**
   * The content of the next element: a view, not a copy.
   * @throws DerError when there is none with that tag
   */
  take(wanted: number): Buffer {
    if (this.next() !== wanted) throw new DerError();
    const [from, length] = this.#length(this.#at + 1);
    const end = from + length;
    if (end > this.#bytes.length) throw new DerError();
    this.#at = end;
    return this.#bytes.subarray(from, end);
  }

  sequence(): DerReader {
    return new DerReader(this.take(tag.sequence));
  }

  /** An object identifier: the bytes of its arcs in hexadecimal. */
  oid(): string {
    return this.take(tag.oid).toString('hex');
  }

  /** A number from 0 on; infinite when it is larger than anything here may be. */
  integer(): number {
    const bytes = this.take(tag.integer);
    const [first, second] = bytes;
    const isNegative = first !== undefined && first > 0x7f;
    const isPadded = first === 0 && second !== undefined && second < 0x80;
    if (first === undefined || isNegative || isPadded) throw new DerError();
    return bytes.length > longestInteger ? Infinity : bytes.readUIntBE(0, bytes.length);
  }

  /** @throws DerError when something is left */
  end(): void {
    if (this.next() !== null) throw new DerError();
  }

  /** Where the content begins and how long it is. */
  #length(at: number): [from: number, length: number] {
    const first = this.#bytes[at];
    if (first === undefined || first === 0x80) throw new DerError();
    if (first < 0x80) return [at + 1, first];
    const count = first & 0x7f;
    // No part of a key file is longer than four bytes can say.
    if (count > 4 || at + 1 + count > this.#bytes.length) throw new DerError();
    const length = this.#bytes.readUIntBE(at + 1, count);
    const isShortest = length > 0x7f && this.#bytes[at + 1] !== 0;
    if (!isShortest) throw new DerError();
    return [at + 1 + count, length];
  }
}

/** Whether the bytes are one sequence of DER and nothing else. */
export function isDer(bytes: Buffer): boolean {
  try {
    const reader = new DerReader(bytes);
    reader.sequence();
    reader.end();
    return true;
  } catch {
    return false;
  }
}
