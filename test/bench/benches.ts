import type { Bench } from './figure.ts';

/** All parts of the benchmark by name; each is one file, loaded when it runs. */
const benches: Readonly<Record<string, () => Promise<Bench>>> = {
  helper: async () => (await import('./helper.ts')).benchHelper,
  unlock: async () => (await import('./unlock.ts')).benchUnlock,
  memory: async () => (await import('./memory.ts')).benchMemory,
  vault: async () => (await import('./vault.ts')).benchVault,
  agent: async () => (await import('./agent.ts')).benchAgent,
  start: async () => (await import('./start.ts')).benchStart,
  registry: async () => (await import('./registry.ts')).benchRegistry,
  api: async () => (await import('./api.ts')).benchApi,
  refusals: async () => (await import('./refusals.ts')).benchRefusals,
  matrix: async () => (await import('./matrix.ts')).benchMatrix,
  storm: async () => (await import('./storm.ts')).benchStorm,
  rules: async () => (await import('./rules.ts')).benchRules,
};

/**
 * The parts to run.
 *
 * @param names - from the command line; none means all
 * @throws Error that lists the known names when one is unknown
 */
export function selectBenches(names: readonly string[]): { name: string; load: () => Promise<Bench> }[] {
  const known = Object.keys(benches);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new Error(`There is no benchmark "${unknown.join('", "')}". There are: ${known.join(', ')}.`);
  }
  return Object.entries(benches)
    .filter(([name]) => names.length === 0 || names.includes(name))
    .map(([name, load]) => ({ name, load }));
}
