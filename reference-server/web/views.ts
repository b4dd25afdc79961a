import { Eta } from 'eta';
import { join } from 'node:path';
import { viewHelpers } from './view-helpers.ts';
import type { Tone } from './view-helpers.ts';

class Views extends Eta {
  /** Templates call these by name, and `part`, which gives a part just what it is called with and the CSRF token. */
  readonly helpers = viewHelpers;
}

const views = new Views({
  views: join(import.meta.dirname, 'views'),
  cache: true,
  autoEscape: true,
  functionHeader: `
    const { ${Object.keys(viewHelpers).join(', ')} } = this.helpers;
    const part = (name, data) => this.render('/parts/' + name, { csrf: it.csrf, ...data }, options);`,
});

/** A message on top of a page. */
export interface Notice {
  tone: Exclude<Tone, 'neutral'> | 'info';
  title: string;
  text: string;
}

/** Who is signed in, as the frame shows it. */
export interface Viewer {
  id: string;
  username: string;
  displayName: string;
  email: string;
  initials: string;
}

/** An organization of the viewer in the switcher. */
export interface OrgChoice {
  slug: string;
  name: string;
  /** The page to open in it, as the end of an address: `members`. */
  page: string;
  initials: string;
  hue: string;
  role: string;
}

export interface NavGroup {
  label: string;
  items: { href: string; icon: string; label: string; current: boolean }[];
}

/** What stands around every page. `viewer` is null when nobody is signed in. */
export interface Frame {
  serverName: string;
  csrf: string;
  viewer: Viewer | null;
  /** The organization that the page is about, or that the viewer is in; null where there is none. */
  org: OrgChoice | null;
  orgs: OrgChoice[];
  groups: NavGroup[];
}

/** What every page says of itself. */
export interface PageHead {
  title: string;
  notice?: Notice | null;
}

/** A page: its template, and the entry of the sidebar that it belongs to. */
export interface Page<Data extends object> {
  nav: string | null;
  /** Gives HTML; everything in `data` is escaped. */
  render(frame: Frame, data: Data & PageHead): string;
}

/**
 * Declares a page.
 *
 * @param template - Its file in `views/`, without `.eta`.
 * @param nav - Address of its entry in `navigation.ts`, where it has one.
 */
export function page<Data extends object>(template: string, nav: string | null = null): Page<Data> {
  return {
    nav,
    render: (frame, data) => {
      // Two tabs with the same page of two organizations differ in their title.
      const ofOrganization = frame.org !== null && nav?.startsWith('/orgs/:org/') === true;
      return views.render(`./${template}`, { notice: null, ofOrganization, ...frame, ...data });
    },
  };
}
