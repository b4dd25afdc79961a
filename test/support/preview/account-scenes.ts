import { notSetUp, productionId, sampleContext, sampleRegistry, sampleWait, stagingId } from '../samples.ts';
import type { World } from '../world.ts';

const host = 'registry.acme.example';
const oldId = `${productionId.slice(0, -1)}7`;

const contexts: World['contexts'] = [
  sampleContext({ label: 'prod', colour: 'red' }),
  sampleContext({
    id: stagingId,
    name: 'Release bot',
    userId: 'bot:acme/release',
    host,
    current: false,
    colour: 'teal',
  }),
  sampleContext({
    id: oldId,
    name: 'Old laptop',
    host: 'registry.old.acme.example',
    state: 'signed_out',
    current: false,
  }),
];

function registries(
  first: World['registries'][number]['answers'],
  second: typeof first,
): World['registries'] {
  return [
    sampleRegistry({ answers: first, lastUse: null }),
    sampleRegistry({
      contextId: stagingId,
      contextName: 'Release bot',
      host,
      answers: second,
      lastUse: null,
    }),
    sampleRegistry({
      contextId: oldId,
      contextName: 'Old laptop',
      host: 'registry.old.acme.example',
      lastUse: null,
      ...notSetUp(),
    }),
  ];
}

/** Several accounts on one host: another one answers, or none. */
export const accountScenes = {
  accountOther: () => ({ contexts, registries: registries('other', 'this') }),
  accountNone: () => ({ contexts, registries: registries('nobody', 'nobody') }),
  accountRegistered: () => ({
    contexts: contexts.map((context) =>
      context.current ? { ...context, state: 'pending' as const } : context,
    ),
    registries: registries('other', 'this'),
    wait: sampleWait({
      phase: 'registered',
      nextTryAt: null,
      setUps: { podman: 'done', docker: 'not_asked' },
    }),
  }),
} satisfies Readonly<Record<string, () => Partial<World>>>;
