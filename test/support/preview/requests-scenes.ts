import type { AccessPrincipalSummary } from '../../../contracts/ipc/access.ts';
import type { AccessFinding } from '../../../contracts/ipc/access-review.ts';
import type { ReviewKind } from '../../../contracts/server-api/access/review.ts';
import { timeFromNow } from '../samples.ts';
import { teamId } from '../samples-team.ts';
import { groupId } from '../samples-users.ts';
import { samplePrincipal } from '../world-access.ts';
import { sampleAsked, sampleFinding, sampleOwnAsked, type AskedSample } from '../world-requests.ts';
import type { World } from '../world.ts';
import { teamAccess } from './access-scenes.ts';

const day = 86_400;
const longWord = 'verkehrsinfrastrukturplanungsdatenverarbeitung';
const rightToLeft = 'عبد الرحمن الكاتب';

/** As in the matrix, where they are there. */
const numbers: Readonly<Record<string, number>> = { jonas: 9, priya: 15, viktor: 21, [rightToLeft]: 61 };
const person = (name: string): AccessPrincipalSummary =>
  samplePrincipal({ reference: `user:${teamId('u', numbers[name] ?? 60)}`, name });
const groups = (name: string): AccessPrincipalSummary =>
  samplePrincipal({ reference: `group:${groupId(2)}`, kind: 'group', name });
const bot = (name: string): AccessPrincipalSummary =>
  samplePrincipal({ reference: `bot:${name}`, kind: 'bot', name });

type Grant = NonNullable<AccessFinding['grant']>;

function about(
  principal: AccessPrincipalSummary,
  repository: string,
  facts: Partial<Grant> = {},
  finding: Partial<AccessFinding> = {},
): AccessFinding {
  const { grant } = sampleFinding({ repository });
  if (grant === null) throw new Error('A finding about a grant has one.');
  return sampleFinding({ repository, grant: { ...grant, principal, ...facts }, ...finding });
}

type Kinds = World['accessFindings'];
const of = (kind: ReviewKind, findings: AccessFinding[], total = findings.length) => ({
  ...{ kind, total, findings },
});

function pullInstead({ reference: principal }: AccessPrincipalSummary, repository: string) {
  return { changes: [{ principal, repository, actions: ['read' as const], expiresAt: null }] };
}

function longer({ reference: principal }: AccessPrincipalSummary, repository: string) {
  const actions = ['read' as const, 'write' as const];
  return { changes: [{ principal, repository, actions, expiresAt: timeFromNow(90 * day) }] };
}

/** Something of each kind, about these people and repositories. */
function everyKind(
  [first, second, third]: readonly [string, string, string],
  [api, web]: readonly [string, string],
): Kinds {
  const [one, two, three] = [person(first), person(second), person(third)];
  const developers = groups('developers');
  return [
    of('unused_write', [
      about(developers, api, { pushed: null, pulled: null }, pullInstead(developers, api)),
      about(one, web, { pulled: timeFromNow(-3 * day) }, pullInstead(one, web)),
      about(two, web, { pulled: null, givenAt: timeFromNow(-400 * day) }, pullInstead(two, web)),
    ]),
    of('ending', [
      about(two, api, { until: timeFromNow(2 * day) }, longer(two, api)),
      about(three, web, { until: timeFromNow(9 * day) }, longer(three, web)),
    ]),
    of('beside_group', [about(three, api, {}, { group: 'developers' })]),
    of('bot_without_key', [about(bot('acme/nightly'), web, { actions: ['read', 'write', 'delete'] })]),
    of('many_admins', [
      sampleFinding({
        ...{ repository: api, grant: null, admins: 6 },
        changes: [one, two, three].map(({ reference: principal }) => ({
          ...{ principal, repository: api, expiresAt: null },
          actions: ['read' as const, 'write' as const, 'delete' as const],
        })),
      }),
      sampleFinding({ repository: web, grant: null, admins: 4, changes: [] }),
    ]),
  ];
}

const people = ['jonas', 'priya', 'viktor'] as const;
const repositories = ['acme/api', 'acme/web'] as const;

function manyEnding(): AccessFinding[] {
  return Array.from({ length: 100 }, (_none, index) => {
    const repository = `acme/service-${String(index).padStart(3, '0')}`;
    const who = person(people[index % 3] ?? '');
    return about(who, repository, { until: timeFromNow(((index % 13) + 1) * day) }, longer(who, repository));
  });
}

const by = (name: string, number: number, facts: Partial<AskedSample['by']> = {}): AskedSample['by'] => ({
  ...{ reference: `user:${teamId('u', number)}`, name, email: `${name}@acme.example`, active: true },
  ...facts,
});

const asked = (): AskedSample[] => [
  sampleAsked(60, {
    by: by('jonas', 9),
    repository: 'acme/checkout',
    reason: 'The release of the shop is on Friday, and Amara is away until Monday',
  }),
  sampleAsked(20, {
    ...{ by: by('priya', 15), repository: 'acme/api', actions: ['read', 'write', 'delete', 'admin'] },
    ...{ until: null, reason: 'I take the team over from Maya' },
  }),
  sampleAsked(5, { by: by('omar', 14, { active: false }), repository: 'acme/docs', actions: ['read'] }),
  sampleAsked(1, {
    ...{ by: by('rosa', 17), repository: 'acme/ledger', actions: ['read'] },
    ...{ until: timeFromNow(-day), reason: 'Looking for the cause of last night' },
  }),
];

const ownAsked = () => [
  sampleOwnAsked(1, { repository: 'acme/payments', reason: 'The payments of the new shop' }),
  sampleOwnAsked(30, {
    ...{ repository: 'acme/mobile/web', state: 'declined', actions: ['read', 'write', 'delete', 'admin'] },
    ...{ until: null, reason: 'It would be easier' },
    decided: { by: 'maya', at: timeFromNow(-20 * 3600), words: 'Ask for what you need, please: push?' },
  }),
  sampleOwnAsked(80, {
    ...{ repository: 'acme/base', state: 'approved', actions: ['read'], reason: 'Builds of the bot' },
    decided: { by: 'amara', at: timeFromNow(-3 * day), words: null },
  }),
];

const longReason = `Weil die ${longWord} am Freitag umgestellt wird und niemand sonst die Ergebnisse der Nacht prüfen kann, bevor die Kolleginnen aus Nordwest zurück sind; danach braucht es das nicht mehr`;

function longAsked(): AskedSample[] {
  return [
    sampleAsked(9, {
      by: by(`${longWord}-nordwest-${'sachbearbeitung-'.repeat(9)}eins`, 30, {
        email: `${longWord}.${'abteilung'.repeat(3)}@verkehr.example`,
      }),
      repository: `acme/${longWord}-gateway-internal-service-mesh-sidecar`,
      reason: longReason,
    }),
    sampleAsked(8, {
      by: by(rightToLeft, 31, { email: 'katib@acme.example' }),
      reason: 'للإصدار يوم الجمعة',
    }),
  ];
}

const organizations = [
  { slug: 'acme', name: 'Acme Industries' },
  { slug: 'northwind', name: 'Northwind' },
];

/** What the main process knows in the pictures of the review and of requests. */
export const requestsScenes = {
  review: () => teamAccess({ accessFindings: everyKind(people, repositories) }),
  reviewMany: () => teamAccess({ accessFindings: [of('ending', manyEnding(), 240)] }),
  reviewLong: () =>
    teamAccess({
      accessFindings: everyKind(
        [`${longWord}-nordwest-${'sachbearbeitung-'.repeat(9)}eins`, rightToLeft, 'שירה לוי'],
        [`acme/${longWord}-gateway-internal-service-mesh-sidecar`, `acme/${longWord}`],
      ),
    }),
  reviewNone: () => teamAccess({ accessNotedSince: timeFromNow(-20 * day) }),
  reviewOffline: () => teamAccess({ failures: { 'accessReview.findings': { code: 'server_unreachable' } } }),
  reviewLoading: () => teamAccess({ hanging: ['accessReview.findings'] }),
  requests: () => teamAccess({ accessAsked: asked(), accessOwnAsked: ownAsked() }),
  requestsSeveral: () =>
    teamAccess({
      accessOrganizations: organizations,
      accessAsked: [
        ...asked().slice(0, 2),
        sampleAsked(3, { organization: 'northwind', repository: 'northwind/data' }),
      ],
    }),
  requestsReplace: () =>
    teamAccess({
      accessAsked: asked().slice(0, 1),
      accessGrants: [
        {
          ...{ principal: `user:${teamId('u', 9)}`, repository: 'acme/checkout' },
          ...{ actions: ['read'], expiresAt: null },
        },
      ],
    }),
  requestsChanged: () =>
    teamAccess({
      accessAsked: asked().slice(0, 1),
      failures: { 'accessRequests.approve': { code: 'access_changed_meanwhile' } },
    }),
  requestsGone: () =>
    teamAccess({
      accessAsked: asked().slice(0, 1),
      failures: { 'accessRequests.approve': { code: 'request_gone' } },
    }),
  requestsNone: () => teamAccess(),
  requestsOwnOnly: () => teamAccess({ accessOrganizations: [], accessOwnAsked: ownAsked() }),
  requestsLong: () =>
    teamAccess({
      accessAsked: longAsked(),
      accessOwnAsked: [
        sampleOwnAsked(1, {
          ...{ repository: `acme/${longWord}-gateway-internal-service-mesh-sidecar`, reason: longReason },
          ...{ state: 'declined' },
          decided: { by: rightToLeft, at: timeFromNow(-3600), words: longReason },
        }),
      ],
    }),
  requestsOffline: () =>
    teamAccess({
      failures: {
        'accessRequests.counts': { code: 'server_unreachable' },
        'accessRequests.mine': { code: 'server_unreachable' },
      },
    }),
  requestsLoading: () => teamAccess({ hanging: ['accessRequests.counts', 'accessRequests.mine'] }),
} satisfies Readonly<Record<string, () => Partial<World>>>;
