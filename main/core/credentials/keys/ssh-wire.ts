/** Name of Ed25519 keys in SSH (RFC 8709, section 4). */
export const sshEd25519 = 'ssh-ed25519';

/** What was read does not have the form that it should have. */
export class SshFormatError extends Error {
  override name = 'SshFormatError';
}

/** A string of SSH: its length in four bytes, big-endian, and its bytes (RFC 4251, section 5). */
export function writeSshString(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** Reads the data types of SSH (RFC 4251, section 5) from a buffer, one after the other. */
export class SshReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** @throws SshFormatError when fewer bytes are left. */
  take(length: number): Buffer {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new SshFormatError();
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }

  uint32(): number {
    return this.take(4).readUInt32BE();
  }

  /** A view on the bytes, not a copy. */
  string(): Buffer {
    return this.take(this.uint32());
  }

  text(): string {
    return this.string().toString('utf8');
  }

  /** All that is left. */
  rest(): Buffer {
    return this.take(this.#bytes.length - this.#at);
  }
}
