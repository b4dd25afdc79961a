import { accessRequestListSchema, accessRequestSchema } from '../../contracts/server-api/access/requests.ts';
import type { AccessRequest, PendingRequest } from '../../contracts/server-api/access/requests.ts';
import { AccessTeam } from './access-team.ts';
import type { LocalServer } from './local-server.ts';
import { newPerson, newTeam } from './organization.ts';
import { call } from './server-client.ts';
import type { CallResult } from './server-client.ts';

const path = '/v1/access/requests';

const day = 24 * 3600 * 1000;
/** So many days from now. */
export const later = (days: number) => new Date(Date.now() + days * day).toISOString();

/** An organization with two repositories, and dana, who does not belong to it. */
export async function newAskingWorld(server: LocalServer) {
  const team = await newTeam(server, { ada: 'owner', ben: 'member' });
  const access = new AccessTeam(server.context, team);
  const repositories = await access.repositories('api', 'web');
  const [ada, ben, dana] = [team.person('ada'), team.person('ben'), await newPerson(server)];
  const [api, web] = [`${team.slug}/api`, `${team.slug}/web`];
  return { team, org: team.slug, access, repositories, ada, ben, dana, api, web };
}

/** Requests for access by the API of a server; each call by whoever's token it gets. */
export class AskedRequests {
  readonly #server: LocalServer;

  constructor(server: LocalServer) {
    this.#server = server;
  }

  send(token: string, repository: string, more: object = {}): Promise<CallResult> {
    const body = { repository, actions: ['write'], reason: 'to release', ...more };
    return call(this.#server, path, { token, body });
  }

  /** Asks, and is kept. */
  async ask(token: string, repository: string, more: object = {}): Promise<AccessRequest> {
    const { status, body } = await this.send(token, repository, more);
    if (status !== 201) throw new Error(`Asking for access answered ${String(status)}`);
    return accessRequestSchema.parse(body);
  }

  async page(token: string, query: Record<string, string> = {}) {
    const search = new URLSearchParams(query).toString();
    const { status, body } = await call(this.#server, `${path}?${search}`, { token });
    if (status !== 200) throw new Error(`Listing requests answered ${String(status)}`);
    return accessRequestListSchema.parse(body);
  }

  async list(token: string, query: Record<string, string> = {}): Promise<PendingRequest[]> {
    return (await this.page(token, query)).requests;
  }

  /** @param body - What was given before is `replaces`; without it, nothing was. */
  approve(token: string, id: string, body: object = {}): Promise<CallResult> {
    return call(this.#server, `${path}/${id}/approve`, { token, body: { replaces: null, ...body } });
  }

  decline(token: string, id: string, reason = 'not now'): Promise<CallResult> {
    return call(this.#server, `${path}/${id}/decline`, { token, body: { reason } });
  }

  withdraw(token: string, id: string): Promise<CallResult> {
    return call(this.#server, `${path}/${id}`, { method: 'DELETE', token });
  }
}
