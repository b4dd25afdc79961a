import { keeperFacts, sampleRulesContext, troubledRole } from '../samples-rules.ts';
import { roleId, sampleRole, sampleRules } from '../world-rules.ts';
import type { World } from '../world.ts';

const longName = 'Nächtliche Zusammenstellung der Verkehrsinfrastrukturberichte';
const contexts = [sampleRulesContext()];

/** As many lines as a role may have, two thousand keys with German names. */
function manyRules(): Partial<World> {
  const ids = Array.from({ length: 2000 }, (_, index) =>
    index % 3 === 0
      ? `verkehrsinfrastrukturplanungsdatenverarbeitung-nordwest:abrechnungsschluessel-${String(index)}`
      : `wallet-${String(index)}`,
  );
  const line = (index: number): string =>
    index % 7 === 0
      ? `-tkeeper.key.verkehrsinfrastrukturplanungsdatenverarbeitung-nordwest:*-${String(index)}.destroy`
      : `tkeeper.key.wallet-${String(index)}.sign`;
  return {
    contexts: [
      sampleRulesContext({ serviceName: 'Schlüsselverwaltung der Bundesanstalt für Verkehrswesen' }),
    ],
    ...keeperFacts({ keyIds: ids }),
    roles: [
      sampleRole({
        name: 'Abrechnungsdatenverarbeitung Verkehrsinfrastruktur Nordwest',
        text: Array.from({ length: 10_000 }, (_, index) => line(index)).join('\n'),
      }),
      ...Array.from({ length: 60 }, (_, index) =>
        sampleRole({ id: roleId(index + 10), name: `${longName.slice(0, 50)} ${String(index)}` }),
      ),
    ],
  };
}

/** What the main process knows in the pictures of rules. */
export const rulesScenes = {
  rules: () => ({ contexts, ...keeperFacts() }),
  rulesEmpty: () => ({ contexts, ...keeperFacts(), roles: [] }),
  rulesTroubled: () => ({ contexts, ...keeperFacts(), roles: [troubledRole] }),
  rulesMany: manyRules,
  rulesUnlisted: () => ({
    contexts,
    ...keeperFacts(),
    failures: { 'remoteKeys.list': { code: 'not_allowed' } },
  }),
  rulesUnreachable: () => ({
    contexts,
    ...keeperFacts(),
    failures: {
      'remoteKeys.list': { code: 'server_unreachable' },
      'remoteKeys.standing': { code: 'server_unreachable' },
    },
  }),
  rulesSignedOut: () => ({
    contexts: [sampleRulesContext({ state: 'signed_out', credential: null })],
    ...keeperFacts(),
  }),
  rulesFail: () => ({ contexts, failures: { 'rules.roles': { code: 'storage_failed' } } }),
  rulesOverlong: () => ({
    contexts,
    ...keeperFacts(),
    roles: [...sampleRules().roles, sampleRole({ id: roleId(9), name: longName.slice(0, 60) })],
  }),
} satisfies Readonly<Record<string, () => Partial<World>>>;
