import type { Malformation, TokenPart } from '../../../contracts/domain/inspection.ts';

/** A JWT in compact form (RFC 7519; RFC 7515, section 7.1), taken apart. */
export interface CompactToken {
  header: Readonly<Record<string, unknown>>;
  claims: Readonly<Record<string, unknown>>;
  signature: Buffer;
  /** What the signature is over: ASCII (RFC 7515, section 5.1). */
  signedBytes: Buffer;
}

interface Malformed {
  problem: Malformation;
  part: TokenPart | null;
  /** From 1, in the text as it was given. */
  position: number | null;
}

type ReadToken = { ok: true; token: CompactToken } | { ok: false; fault: Malformed };

/** What people copy along with a token: `Authorization: Bearer` (RFC 6750, section 2.1), or a keeper's field. */
const leadPattern = /^\s*(?:(?:authorization|x-jwt-token):\s*)?(?:bearer\s+)?/i;
const foreignCharacter = /[^A-Za-z0-9_-]/;
const partNames = ['header', 'claims', 'signature'] as const;
/** Deeper than claims of any issuer, and far from what a recursive reader chokes on. */
const maxDepth = 32;

class Fault extends Error {
  readonly fault: Malformed;

  constructor(problem: Malformation, part: TokenPart | null = null, position: number | null = null) {
    super(problem);
    this.fault = { problem, part, position };
  }
}

/** Takes a token apart as it stands: one spelling of base64url, no padding, no white space inside. */
export function readCompactToken(text: string): ReadToken {
  try {
    return { ok: true, token: read(text) };
  } catch (error) {
    if (error instanceof Fault) return { ok: false, fault: error.fault };
    throw error;
  }
}

function read(text: string): CompactToken {
  const start = leadPattern.exec(text)?.[0].length ?? 0;
  const body = text.slice(start).trimEnd();
  if (body === '') throw new Fault('empty');
  const [header, claims, signature, ...more] = body.split('.');
  if (more.length === 2) throw new Fault('encrypted');
  if (header === undefined || claims === undefined || signature === undefined || more.length > 0) {
    throw new Fault('parts');
  }
  const starts = [start, start + header.length + 1, start + header.length + claims.length + 2];
  const [headerBytes, claimsBytes, signatureBytes] = [header, claims, signature].map((part, index) =>
    decode(part, partNames[index] ?? 'header', starts[index] ?? 0),
  );
  return {
    header: parse(headerBytes, 'header', start),
    claims: parse(claimsBytes, 'claims', starts[1] ?? 0),
    signature: signatureBytes ?? Buffer.alloc(0),
    signedBytes: Buffer.from(`${header}.${claims}`, 'ascii'),
  };
}

/** @param start - Where the part begins in the given text, from 0. */
function decode(part: string, name: TokenPart, start: number): Buffer {
  const wrong = foreignCharacter.exec(part);
  if (wrong !== null) throw new Fault('character', name, start + wrong.index + 1);
  const bytes = Buffer.from(part, 'base64url');
  // Also finds bits that are left over: two texts of the same bytes would be two tokens of one signature.
  if (bytes.toString('base64url') !== part) throw new Fault('length', name, start + part.length);
  return bytes;
}

function parse(bytes: Buffer | undefined, name: TokenPart, start: number): Record<string, unknown> {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Fault('utf8', name, start + 1);
  }
  if (depthOf(text) > maxDepth) throw new Fault('depth', name, start + 1);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Fault('json', name, start + 1);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Fault('object', name, start + 1);
  }
  return value as Record<string, unknown>;
}

/** How deeply brackets are nested outside of strings (RFC 8259). */
function depthOf(json: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [bracket] of json.replace(/"(?:[^"\\]|\\.)*"/gs, '').matchAll(/[[\]{}]/g)) {
    depth += bracket === '[' || bracket === '{' ? 1 : -1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}
