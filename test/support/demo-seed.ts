import { hash } from '@node-rs/argon2';
import type { DemoUser } from '../../contracts/server-api/start-line.ts';
import type { ServerContext } from '../../reference-server/context.ts';
import { seedDemo } from '../../reference-server/seed/demo.ts';

/** A password's hash of the least cost: these tests sign in very often, and none looks at how long it takes. */
export function cheapHash(password: string): Promise<string> {
  return hash(password, { memoryCost: 8, timeCost: 1, parallelism: 1 });
}

/** The demo organization, with passwords that are quickly checked. */
export function seedCheaply(context: ServerContext, size: 'demo' | 'large' = 'demo'): Promise<DemoUser[]> {
  return seedDemo(context, size, cheapHash);
}
