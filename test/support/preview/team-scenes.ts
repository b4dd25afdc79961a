import { sampleContext, stagingId, timeFromNow } from '../samples.ts';
import {
  sampleActing,
  sampleApiKey,
  sampleBranch,
  sampleInvitation,
  sampleInvitationView,
  sampleMember,
  sampleOrg,
  samplePendingAccount,
  sampleProject,
  sampleTeam,
  teamId,
} from '../samples-team.ts';
import type { World } from '../world.ts';

const day = 86_400;
const longOrg = {
  slug: 'acme-industries-platform-engineering-eu',
  name: 'Bundesanstalt für Straßenwesen und Verkehrsinfrastruktur',
  kind: 'team',
} as const;
const longPerson = 'Wilhelmina Christiane Freifrau von Hohenstein-Rosenthal';
const longKey = 'Nächtliche Zusammenstellung der Verkehrsinfrastrukturberichte';
const longProject = 'verkehrsinfrastrukturplanungsdatenverarbeitungsdienst-nordwest';
const longBranch = `feature/${'verkehrsinfrastruktur-planungsdaten-'.repeat(2)}zusammenfuehrung`;
const roles = ['viewer', 'member', 'admin', 'owner'] as const;

/** An organization of two hundred with German names. */
function longTeam(): Partial<World> {
  const members = Array.from({ length: 200 }, (_, index) =>
    sampleMember({
      userId: teamId('u', index + 1),
      username: `wilhelmina-hohenstein-${String(index)}`,
      email: `wilhelmina.christiane.von.hohenstein-rosenthal.${String(index)}@verkehrsinfrastruktur.example`,
      name: index % 3 === 0 ? longPerson : `Jonas Weber ${String(index)}`,
      role: roles[index % 4] ?? 'member',
      joinedAt: timeFromNow(-index * day),
    }),
  );
  const invitations = Array.from({ length: 40 }, (_, index) =>
    sampleInvitation({
      id: teamId('inv', index + 1),
      email: `wilhelmina.christiane.von.hohenstein-rosenthal.${String(index)}@verkehrsinfrastruktur.example`,
      expiresAt: timeFromNow((index % 7) * day + 7200),
    }),
  );
  const targets = Array.from({ length: 6 }, (_, index) => ({
    id: teamId('prj', index + 1),
    name: longProject,
  }));
  const apiKeys = Array.from({ length: 200 }, (_, index) =>
    sampleApiKey({
      id: teamId('key', index + 1),
      name: index % 2 === 0 ? longKey : `Key ${String(index)}`,
      creator: `wilhelmina-hohenstein-${String(index)}`,
      own: index % 4 === 0,
      inert: index === 3,
      scope: {
        kind: index % 2 === 0 ? 'project' : 'org',
        targets: index % 2 === 0 ? targets.slice(0, 1 + (index % 6)) : [],
      },
      capability: (['read', 'agent', 'read_write'] as const)[index % 3] ?? 'read',
      expiresAt: index % 5 === 0 ? null : timeFromNow(index * day),
      lastUse:
        index % 3 === 0
          ? null
          : {
              at: timeFromNow(-index * 3600),
              address: '2001:db8:85a3:8d3:1319:8a2e:370:7348',
              program: 'verkehrsinfrastruktur-berichtsgenerator/12.4.0',
            },
    }),
  );
  const projects = Array.from({ length: 200 }, (_, index) =>
    sampleProject({
      id: teamId('prj', index + 1),
      name: index === 0 ? longProject : `dienst-${String(index)}`,
      branchCount: index + 1,
      createdBy: index % 5 === 0 ? null : `wilhelmina-hohenstein-${String(index)}`,
    }),
  );
  const branches = Array.from({ length: 40 }, (_, index) =>
    sampleBranch({
      id: teamId('br', index + 1),
      name: index === 0 ? 'main' : `${longBranch}-${String(index)}`.slice(-100),
      isDefault: index === 0,
    }),
  );
  const scopedKeys = Array.from({ length: 12 }, (_, index) => ({
    id: teamId('key', index + 1),
    name: longKey,
    creator: `wilhelmina-hohenstein-${String(index)}`,
    only: index < 9,
  }));
  return {
    acting: sampleActing({ org: longOrg, operator: true }),
    orgs: [
      sampleOrg({ ...longOrg, kind: 'team' }),
      ...Array.from({ length: 40 }, (_, index) =>
        sampleOrg({
          slug: `org-${String(index)}`,
          name: `Straßenbauamt ${String(index)}`,
          role: roles[index % 4] ?? 'member',
        }),
      ),
    ],
    orgContents: {
      members: 200,
      repositories: 12_345,
      projects: 200,
      apiKeys: 200,
      bots: 1,
      invitations: 40,
    },
    members,
    invitations,
    apiKeys,
    projects,
    branches: { [teamId('prj', 1)]: branches },
    scopedKeys,
    pendingAccounts: members.map(({ userId, username, name, email }) =>
      samplePendingAccount({
        userId,
        username,
        name,
        email,
        providers: ['Verkehrsinfrastruktur-Anmeldung', 'GitHub'],
      }),
    ),
  };
}

function openedLink(): World['link'] {
  const host = 'registry.acme.example';
  return { kind: 'join', origin: `https://${host}`, host, id: crypto.randomUUID() };
}

/** What the main process knows in the pictures of an organization's people, keys and projects. */
export const teamScenes = {
  operator: () => ({ acting: sampleActing({ operator: true }) }),
  noPending: () => ({ acting: sampleActing({ operator: true }), pendingAccounts: [] }),
  teamEmpty: () => ({
    members: sampleTeam().members.slice(1, 2),
    invitations: [],
    apiKeys: [],
    projects: [],
  }),
  teamViewer: () => ({ acting: sampleActing({ role: 'viewer', userId: teamId('u', 3) }) }),
  teamMailFails: () => ({ mails: 'unsent' }),
  teamNoMail: () => ({ mails: 'link' }),
  teamPersonal: () => ({
    acting: sampleActing({ org: { slug: 'maya', name: 'Maya Chen', kind: 'personal' } }),
    members: sampleTeam().members.slice(1, 2),
  }),
  teamNone: () => ({ acting: sampleActing({ org: null, role: null }) }),
  teamNarrowKey: () => ({
    acting: sampleActing({
      org: { slug: 'acme', name: 'acme', kind: null },
      key: { capability: 'agent', scope: 'project', inert: false },
    }),
  }),
  teamApiKey: () => ({
    contexts: [sampleContext({ credential: 'api-key', maxTokenTtl: null, org: 'acme' })],
  }),
  teamTwoContexts: () => ({
    contexts: [
      sampleContext({ org: 'acme' }),
      sampleContext({ id: stagingId, name: 'Northwind', org: 'northwind', colour: 'orange', current: false }),
    ],
    orgs: sampleTeam().orgs.map((org) => (org.slug === 'northwind' ? { ...org, heldBy: stagingId } : org)),
  }),
  invitedOther: () => ({ link: openedLink(), invitationView: sampleInvitationView({ forYou: false }) }),
  invitedTooLate: () => ({
    link: openedLink(),
    failures: { 'invitations.view': { code: 'invitation_ended' } },
  }),
  longTeam,
  teamOffline: () => ({ failures: { 'orgs.acting': { code: 'server_unreachable' } } }),
  teamFails: () => ({
    failures: {
      'members.list': { code: 'server_unreachable' },
      'invitations.list': { code: 'not_allowed' },
      'apiKeys.list': { code: 'server_unreachable' },
      'projects.list': { code: 'server_unreachable' },
    },
  }),
  teamLoading: () => ({ hanging: ['members.list', 'invitations.list', 'apiKeys.list', 'projects.list'] }),
  teamDeedsFail: () => ({
    failures: {
      'members.changeRole': { code: 'last_owner' },
      'invitations.send': { code: 'server_unreachable' },
      'apiKeys.create': { code: 'service_refused', details: { said: 'Too many keys.' } },
      'projects.remove': { code: 'not_allowed' },
      'projects.scopedKeys': { code: 'server_unreachable' },
    },
  }),
} satisfies Readonly<Record<string, () => Partial<World>>>;
