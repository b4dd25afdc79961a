import type { Provider } from '../../../contracts/ipc/contexts.ts';
import type { SignedIn } from '../contexts/context-additions.ts';

/** What was given to the app, and to whom, in words for a person. */
export interface Exchanged extends SignedIn {
  who: string;
}

/** What proves to whoever gave a code that it is us, once. */
export interface Ticket {
  code: string;
  /** Of the challenge that the code came of. */
  verifier: string;
  /** As in the address that the browser was sent to; undefined where that had none. */
  redirectUri: string | undefined;
  /** Who says that the code is of them (RFC 9207); null where nobody does. */
  issuer: string | null;
}

/** One way to sign in by the browser: where the person goes, and what comes of the code that they come back with. */
export interface Way {
  /** The page where the person answers. */
  page: string;
  /** Its origin: no other page is opened. */
  pageOrigin: string;
  /** Where the page is not the service's own; else null. */
  provider: Provider | null;
  /** What the page is asked for, beside what proves that we asked. */
  query: Readonly<Record<string, string>>;
  isCode: (code: string) => boolean;
  /** @throws KeyholdError that says why there is nothing, with the words of who refused */
  exchange: (ticket: Ticket) => Promise<Exchanged>;
}
