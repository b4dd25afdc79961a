import { limits } from '../../../contracts/domain/limits.ts';

/** Addresses that were pasted together. */
export interface ReadAddresses {
  /** Each once, in the order of its first place, in lower case. */
  emails: string[];
  /** What stands between them and is none. */
  wrong: string[];
}

/** Looks like an e-mail address: the service says whether it is one. */
const addressPattern = /^[^\s@<>"(),;:\\]+@[^\s@<>"(),;:\\]+\.[^\s@<>"(),;:\\.]+$/;

/**
 * The e-mail addresses of a text: with commas, semicolons or white space between them, also as mail programs copy them,
 * `Ada Lindqvist <ada@acme.example>`.
 */
export function readAddresses(text: string): ReadAddresses {
  const emails = new Set<string>();
  const wrong = new Set<string>();
  for (const line of text.split(/[,;\n]/)) {
    const named = [...line.matchAll(/<([^<>]*)>/g)].map(([, address = '']) => address);
    const words = named.length > 0 ? named : line.split(/\s+/);
    for (const word of words.map((each) => each.trim()).filter(Boolean)) {
      if (addressPattern.test(word) && word.length <= limits.emailMax) emails.add(word.toLowerCase());
      else wrong.add(word);
    }
  }
  return { emails: [...emails], wrong: [...wrong] };
}
