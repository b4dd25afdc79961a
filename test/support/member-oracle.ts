import type { OrgRole } from '../../contracts/server-api/primitives.ts';

/** Members of an organization by name, and who of them can sign in. */
export interface OracleTeam {
  roles: Record<string, OrgRole>;
  asleep: ReadonlySet<string>;
}

/** What somebody tries to do. */
export type OracleDeed =
  | { kind: 'give'; by: string; to: string; role: OrgRole }
  | { kind: 'remove'; by: string; who: string }
  | { kind: 'hand over'; by: string; to: string };

/** The status of the answer to a deed, and the team after it; by the plain rules, with nothing of the server's in them. */
export function tryDeed({ roles, asleep }: OracleTeam, deed: OracleDeed): [number, Record<string, OrgRole>] {
  const mine = roles[deed.by];
  if (mine === undefined) return [404, roles];
  const isLeader = mine === 'admin' || mine === 'owner';
  const owners = Object.keys(roles).filter((name) => roles[name] === 'owner' && !asleep.has(name));
  const isLastOwner = (name: string) => owners.length === 1 && owners[0] === name;
  switch (deed.kind) {
    case 'give': {
      if (!isLeader) return [403, roles];
      const before = roles[deed.to];
      if (before === undefined) return [404, roles];
      if (before === deed.role) return [200, roles];
      if ((before === 'owner' || deed.role === 'owner') && mine !== 'owner') return [403, roles];
      if (isLastOwner(deed.to)) return [409, roles];
      return [200, { ...roles, [deed.to]: deed.role }];
    }
    case 'remove': {
      if (!isLeader && deed.who !== deed.by) return [403, roles];
      const before = roles[deed.who];
      if (before === undefined) return [404, roles];
      if (before === 'owner' && mine !== 'owner') return [403, roles];
      if (isLastOwner(deed.who)) return [409, roles];
      return [204, Object.fromEntries(Object.entries(roles).filter(([name]) => name !== deed.who))];
    }
    case 'hand over': {
      if (mine !== 'owner') return [403, roles];
      if (roles[deed.to] === undefined) return [404, roles];
      if (deed.to === deed.by || asleep.has(deed.to)) return [409, roles];
      return [200, { ...roles, [deed.to]: 'owner', [deed.by]: 'admin' }];
    }
  }
}
