import type { z } from 'zod';
import type { auditSinksSchema, systemInfoSchema } from '../../contracts/server-api/tkeeper/control-plane.ts';
import type { KeeperCallers } from '../auth/keeper/callers.ts';
import type { ServerContext } from '../context.ts';
import { keeperRow } from './keeper-row.ts';
import { operateSealed } from './operation.ts';
import type { Asked } from './operation.ts';

type SystemInfo = z.output<typeof systemInfoSchema>;

/** The keeper and its peers, of which it has none but itself, sealed or not. @throws KeeperError */
export function systemInfo(
  context: ServerContext,
  { warnings, jwks }: Pick<KeeperCallers, 'warnings' | 'jwks'>,
  asked: Asked,
): Promise<SystemInfo> {
  return operateSealed(context, asked, async (tx, audit) => {
    const row = await keeperRow(tx, context.keeper.keys);
    await audit(context.keeper.keys);
    const id = String(row?.peer_id ?? 1);
    const state = context.keeper.keys === null ? 'NOT_READY' : 'READY';
    const failed = jwks?.failed ?? null;
    return {
      ...{ id, state, threshold: row?.threshold ?? 0, totalPeers: row?.total ?? 0, peers: { [id]: state } },
      warnings,
      jwks: jwks && {
        ...{ loadedAt: jwks.loadedAt.getTime(), keys: jwks.keys },
        failed: failed && { at: failed.at.getTime(), problem: failed.problem },
      },
    };
  });
}

/** Where the keeper's audit lines go, and whether they can. @throws KeeperError */
export function auditSinks(context: ServerContext, asked: Asked): Promise<z.output<typeof auditSinksSchema>> {
  const { keeper, auditFile } = context;
  return operateSealed(context, asked, async (_tx, audit) => {
    await audit(keeper.keys);
    // Whoever gets this answer has its own line in the database.
    const database = { id: 'database', available: true };
    const file = auditFile === null ? [] : [{ id: 'file', available: !auditFile.isFailing }];
    return { enabled: true, sinks: [database, ...file] };
  });
}
