import type { FastifyInstance, FastifyRequest } from 'fastify';
import { admit } from '../../access/route-access.ts';
import type { KeeperAccess } from '../../access/route-access.ts';
import type { KeeperCaller } from '../../auth/keeper/caller.ts';
import type { SentHeaders } from '../../auth/keeper/callers.ts';
import { KeeperError } from '../../http/keeper-error.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the keeper's guard; null where nobody has to sign in. */
    keeperCaller: KeeperCaller | null;
  }
}

/** What the guard asks. */
interface Door {
  /** Who sends these headers. @throws KeeperError */
  callerOf(headers: SentHeaders): KeeperCaller | Promise<KeeperCaller>;
  /** Takes note of who was not let in. */
  noteRefused(ip: string, error: KeeperError): void;
  /** @throws KeeperError 503 while the keeper is sealed, or not there yet. */
  requireUnsealed(): void | Promise<void>;
}

/**
 * Guards the keeper: finds out who it is, then whether the keeper is unsealed where a route needs that, before anything of
 * the body is read. Both are asked once more when it is there.
 */
export function guardKeeper(app: FastifyInstance, door: Door): void {
  app.decorateRequest('keeperCaller', null);
  app.addHook('onRequest', (request) => letIn(request, door));
  app.addHook('preValidation', (request, _reply, done) => {
    const repeated = Object.entries(request.query as object).find(([, value]) => Array.isArray(value));
    if (repeated === undefined) return done();
    done(new KeeperError('INVALID_QUERY_PARAMETER', `"${repeated[0]}" is there more than once`));
  });
  app.addHook('preHandler', async (request) => {
    const { 'content-length': length, 'transfer-encoding': coding } = request.headers;
    if (length !== undefined || coding !== undefined) await letIn(request, door);
  });
}

async function letIn(request: FastifyRequest, door: Door): Promise<void> {
  const access = accessOf(request);
  if (access === null) return;
  if (access.keeper === 'authenticated') {
    try {
      request.keeperCaller = await door.callerOf(request.raw.headersDistinct);
    } catch (error) {
      if (error instanceof KeeperError) door.noteRefused(request.ip, error);
      throw error;
    }
  }
  if (access.unsealed === true) await door.requireUnsealed();
  admit(request, null);
}

function accessOf({ routeOptions }: FastifyRequest): KeeperAccess | null {
  const { access } = routeOptions.config;
  return typeof access === 'object' && 'keeper' in access ? access : null;
}

/** Who sent a request that the guard let in. */
export function keeperCallerOf({ keeperCaller }: FastifyRequest): KeeperCaller {
  if (keeperCaller === null) throw new Error('No guard has found out who this is.');
  return keeperCaller;
}
