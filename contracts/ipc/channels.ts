/** Channel of a call on the wire. In a file without schemas, so that the preload bundle stays small. */
export function callChannel(group: string, name: string): string {
  return `keyhold:call:${group}.${name}`;
}

/** Channel of an event on the wire. */
export function eventChannel(name: string): string {
  return `keyhold:event:${name}`;
}

/** Origin of the window's pages. Own scheme, so that no file and no web page shares it. */
export const appOrigin = { scheme: 'app', host: 'keyhold', href: 'app://keyhold/' } as const;
