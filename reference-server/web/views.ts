import { Eta } from 'eta';
import { join } from 'node:path';

const eta = new Eta({ views: join(import.meta.dirname, 'views'), cache: true, autoEscape: true });

/** What every page needs. `viewer` is null when nobody is signed in. */
interface PageFrame {
  title: string;
  serverName: string;
  viewer: { username: string; displayName: string; email: string; initials: string; orgs: string } | null;
  csrf: string;
}

/** A message on top of a page. */
export interface Notice {
  kind: 'error' | 'success';
  title: string;
  text: string;
}

/**
 * What a person had in a form that could not be taken, because the session or the page had come to its end. It is
 * handed on in hidden fields and shown again; nothing is done with it until its own button is pressed.
 */
export interface Draft {
  /** The pasted token; empty when there is none. */
  registrationToken: string;
  /** The kid of the key to revoke; empty when there is none. */
  revoke: string;
  /** Id of the user whose page it was typed on. */
  user: string;
}

/** One key in the list. Dates are texts for people; `…At` are for machines. */
export interface KeyRow {
  kid: string;
  name: string;
  fingerprint: string;
  createdAt: string;
  created: string;
  lastUsedAt: string | null;
  lastUsed: string;
}

interface Pages {
  login: PageFrame & { notice: Notice | null; username: string; draft: Draft };
  keys: PageFrame & {
    notice: Notice | null;
    userId: string;
    keys: KeyRow[];
    draft: Draft;
    tokenRefused: boolean;
  };
  error: PageFrame & { status: number; text: string };
}

/** Renders a page as HTML; everything in `data` is escaped. */
export function renderPage<Name extends keyof Pages>(name: Name, data: Pages[Name]): string {
  return eta.render(`./${name}`, data);
}
