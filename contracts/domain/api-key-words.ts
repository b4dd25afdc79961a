/** What an API key is for, as its words need it. */
export interface ApiKeyMeaning {
  org: string;
  kind: 'org' | 'project' | 'branch';
  /** Names of the projects, or of the branches as `shop/main`. */
  names: readonly string[];
  capability: 'read' | 'agent' | 'read_write';
  /** When it ends, in words such as `1 March 2027`; null for a key that does not. */
  until: string | null;
}

/** How many names are said before the rest is counted. */
const maxNames = 5;

/** What a key may do, in one sentence: `May read the projects shop and web until 1 March 2027; may change nothing.` */
export function apiKeyWords({ org, kind, names, capability, until }: ApiKeyMeaning): string {
  const end = until === null ? '' : ` until ${until}`;
  const what = kind === 'org' ? `everything in ${org}` : named(kind, names);
  switch (capability) {
    case 'read':
      return `May read ${what}${end}; may change nothing.`;
    case 'agent':
      return agentWords(org, kind, what, end);
    case 'read_write':
      return kind === 'org'
        ? `May do in ${org} all that its creator may${end}.`
        : `May read and change ${what}${end}; nothing else in ${org}.`;
  }
}

function agentWords(org: string, kind: ApiKeyMeaning['kind'], what: string, end: string): string {
  switch (kind) {
    case 'org':
      return `May read the projects of ${org} and make and delete branches in them${end}; default branches stay, and nothing else changes.`;
    case 'project':
      return `May read ${what} and make and delete branches there${end}; default branches stay, and nothing else changes.`;
    case 'branch':
      return `May read and delete ${what}${end}; default branches stay, and nothing else changes.`;
  }
}

function named(kind: 'project' | 'branch', names: readonly string[]): string {
  const plural = { project: 'projects', branch: 'branches' }[kind];
  if (names.length === 1) return `the ${kind} ${names[0] ?? ''}`;
  const said = names.slice(0, maxNames);
  const more = names.length - said.length;
  const last = more > 0 ? `${String(more)} more` : (said.pop() ?? '');
  return `the ${plural} ${said.join(', ')} and ${last}`;
}
