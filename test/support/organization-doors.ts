import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import { newId } from '../../reference-server/identity/ids.ts';
import { bearerHeader } from './credential-holders.ts';
import { followEvents } from './event-stream.ts';
import type { EventFollower } from './event-stream.ts';
import { newApiKey, newBranch, newProject } from './organization-samples.ts';
import type { Bench, Door } from './revocation-doors.ts';
import { signIn } from './server-client.ts';

const newName = () => `p-${newId('prj').slice(4)}`;

/** What a door is about: made by somebody who goes on, so that it stays. */
async function newSample({ server }: Bench) {
  const maya = await signIn(server, 'maya');
  const { id: project } = await newProject(server, maya, newName());
  return { maya, project, branch: (await newBranch(server, maya, project, 'feature')).id };
}
type Sample = Awaited<ReturnType<typeof newSample>>;

const samples = new WeakMap<Bench, Promise<Sample>>();

/** One for all doors of a bench, but those that delete it. */
function sampleOf(bench: Bench): Promise<Sample> {
  const made = samples.get(bench) ?? newSample(bench);
  samples.set(bench, made);
  return made;
}

/** @param address - Of what is asked for, once there is a sample. */
const door =
  (method: string, address: (made: Sample) => string | Promise<string>, body?: () => object): Door =>
  async (bench) => {
    const { server, holder } = bench;
    const path = await address(await (method === 'DELETE' ? newSample : sampleOf)(bench));
    return () =>
      fetch(server.origin + path, {
        method,
        headers: {
          ...bearerHeader(holder.bearer ?? ''),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body()) }),
      });
  };

/** A stream that is asked for; it has no end. */
const stream =
  (path: string, headers: (bench: Bench) => Record<string, string>): Door =>
  (bench) =>
    Promise.resolve(async () => {
      const follower = await followEvents(bench.server, path, headers(bench));
      follower.close();
      return new Response(null, { status: statusOf(follower) });
    });

/** A page leads to the sign-in, or to where people wait. */
function statusOf({ status, headers }: EventFollower): number {
  const leadsTo = headers.get('location') ?? '';
  if (leadsTo.startsWith('/login')) return 401;
  return leadsTo.startsWith('/pending') ? 403 : status;
}

/** A stream that is open. Refused means that it ends before anything else is in it, and is refused when asked for anew. */
const openStream =
  (path: string, headers: (bench: Bench) => Record<string, string>): Door =>
  async (bench) => {
    const { maya } = await sampleOf(bench);
    const follower = await followEvents(bench.server, path, headers(bench));
    return async () => {
      const name = newName();
      await newProject(bench.server, maya, name);
      for (let event = await follower.next(); event !== null; event = await follower.next()) {
        if (event.data['name'] !== name) continue;
        follower.close();
        return new Response(null, { status: 200 });
      }
      return stream(path, headers)(bench).then((send) => send());
    };
  };

/** A change whose body ends only after its credential has. */
const underWay: Door = async ({ server, holder }) => {
  const body = JSON.stringify({ name: newName() });
  const request = http.request(`${server.origin}/v1/projects`, {
    method: 'POST',
    headers: {
      ...bearerHeader(holder.bearer ?? ''),
      'content-type': 'application/json',
      'content-length': body.length,
      expect: '100-continue',
    },
  });
  request.flushHeaders();
  // The guard has let it in.
  await once(request, 'continue');
  return async () => {
    request.end(body);
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    return new Response(null, { status: response.resume().statusCode ?? 0 });
  };
};

const byBearer = ({ holder }: Bench) => bearerHeader(holder.bearer ?? '');
const byCookie = ({ holder }: Bench) => ({ cookie: holder.cookie ?? '' });
const key = ({ maya }: Sample, { server }: Pick<Bench, 'server'>) => newApiKey(server, maya);

const keyDoor =
  (method: string, body?: () => object): Door =>
  async (bench) =>
    door(method, async (made) => `/v1/api-keys/${(await key(made, bench)).id}`, body)(bench);

/** What owners may do to their organization and what is in it, by the API. */
export const organizationDoors: Readonly<Record<string, Door>> = {
  'GET the projects': door('GET', () => '/v1/projects'),
  'POST a project': door(
    'POST',
    () => '/v1/projects',
    () => ({ name: newName() }),
  ),
  'POST a project, under way': underWay,
  'GET a project': door('GET', ({ project }) => `/v1/projects/${project}`),
  'PATCH a project': door(
    'PATCH',
    ({ project }) => `/v1/projects/${project}`,
    () => ({ name: newName() }),
  ),
  'DELETE a project': door('DELETE', ({ project }) => `/v1/projects/${project}`),
  'GET the API keys of a project': door('GET', ({ project }) => `/v1/projects/${project}/api-keys`),
  'GET the branches': door('GET', ({ project }) => `/v1/projects/${project}/branches`),
  'POST a branch': door(
    'POST',
    ({ project }) => `/v1/projects/${project}/branches`,
    () => ({ name: randomUUID() }),
  ),
  'GET a branch': door('GET', ({ project, branch }) => `/v1/projects/${project}/branches/${branch}`),
  'PATCH a branch': door(
    'PATCH',
    ({ project, branch }) => `/v1/projects/${project}/branches/${branch}`,
    () => ({ name: randomUUID() }),
  ),
  'DELETE a branch': door('DELETE', ({ project, branch }) => `/v1/projects/${project}/branches/${branch}`),
  'GET the API keys': door('GET', () => '/v1/api-keys/'),
  'POST an API key': door(
    'POST',
    () => '/v1/api-keys/',
    () => ({ name: 'late' }),
  ),
  'PATCH an API key': keyDoor('PATCH', () => ({ name: 'late' })),
  'DELETE an API key': keyDoor('DELETE'),
  'GET the events': stream('/v1/events', byBearer),
  'GET the events, under way': openStream('/v1/events', byBearer),
  'GET the organizations': door('GET', () => '/v1/orgs'),
  'GET the organization': door('GET', () => '/v1/orgs/acme'),
  'PATCH the organization': door(
    'PATCH',
    () => '/v1/orgs/acme',
    () => ({ name: 'Acme' }),
  ),
  'GET what is in the organization': door('GET', () => '/v1/orgs/acme/contents'),
  'GET the members': door('GET', () => '/v1/orgs/acme/members'),
  'GET the invitations': door('GET', () => '/v1/orgs/acme/invitations'),
  'POST an invitation': door(
    'POST',
    () => '/v1/orgs/acme/invitations',
    () => ({ emails: [`${newId('u')}@acme.example`] }),
  ),
};

/** The streams of the pages, by the cookie. */
export const pageEventDoors: Readonly<Record<string, Door>> = {
  'GET the events of a page, under way': openStream('/orgs/acme/events', byCookie),
};
