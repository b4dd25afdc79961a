import { randomUUID } from 'node:crypto';
import { bearerHeader } from './credential-holders.ts';
import type { Holder } from './credential-holders.ts';
import type { LocalServer } from './local-server.ts';
import { sha256 } from './oci-image.ts';
import { organizationDoors, pageEventDoors } from './organization-doors.ts';
import { storeApiKey } from './organization.ts';
import { registryToken, RepositoryClient } from './registry-client.ts';

/** What a door is tried with: the holder's registry token, bought before the end, and an owner who goes on. */
export interface Bench {
  server: LocalServer;
  holder: Holder;
  client: RepositoryClient;
  maya: RepositoryClient;
  image: Awaited<ReturnType<RepositoryClient['newImage']>>;
}

/** Makes one request ready, as far as it can be before the end, and gives what sends it. */
export type Door = (bench: Bench) => Promise<() => Promise<Response>>;

export async function newBench(server: LocalServer, holder: Holder): Promise<Bench> {
  const response = await fetch(
    `${server.origin}/v2/token?scope=repository:acme/web:*&scope=repository:acme/api:pull`,
    { headers: holder.header },
  );
  const { token } = (await response.json()) as { token: string };
  const maya = new RepositoryClient(
    server,
    'acme/web',
    await registryToken(server, 'maya', 'repository:acme/web:*', 'repository:acme/api:*'),
  );
  const image = await maya.newImage(randomUUID());
  await maya.putManifest('v1', image);
  return { server, holder, client: new RepositoryClient(server, 'acme/web', token), maya, image };
}

const bytes = () => Buffer.from(randomUUID());
const pull =
  (path: (bench: Bench) => string, method = 'GET'): Door =>
  (bench) =>
    Promise.resolve(() => bench.client.send(path(bench), { method }));

/** A request of an upload whose body ends only after its credential has. */
const underWay =
  (method: 'PATCH' | 'PUT'): Door =>
  async ({ client }) => {
    const address = await client.beginUpload();
    const content = bytes();
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const writer = writable.getWriter();
    const query = method === 'PUT' ? `?digest=${sha256(content)}` : '';
    const answer = client.send(`${address}${query}`, { method, body: readable });
    await writer.write(content.subarray(0, 10));
    // The guard has let it in once some of it is in its file.
    while ((await arrived(client, address)) === 0) continue;
    return async () => {
      await writer.write(content.subarray(10));
      await writer.close();
      return answer;
    };
  };

/** How much of an upload is in its file; 0 also for the first byte. */
export async function arrived(client: RepositoryClient, address: string): Promise<number> {
  const state = await client.send(address);
  return Number(/-(\d+)$/.exec(state.headers.get('range') ?? '')?.[1] ?? 0);
}

/** Everything under `/v2` that a writer may do; each answers with less than 400 while the credential counts. */
export const registryDoors: Readonly<Record<string, Door>> = {
  'GET /v2/': pull(() => '/v2/'),
  'GET a manifest by tag': pull(() => 'manifests/v1'),
  'HEAD a manifest': pull(() => 'manifests/v1', 'HEAD'),
  'GET a blob': pull(({ image }) => `blobs/${image.config.digest}`),
  'HEAD a blob': pull(({ image }) => `blobs/${image.config.digest}`, 'HEAD'),
  'GET the tags': pull(() => 'tags/list'),
  'GET referrers': pull(({ image }) => `referrers/${image.config.digest}`),
  'POST a new upload': pull(() => 'blobs/uploads/', 'POST'),
  'POST a blob at once': ({ client }) => {
    const body = bytes();
    return Promise.resolve(() =>
      client.send(`blobs/uploads/?digest=${sha256(body)}`, { method: 'POST', body }),
    );
  },
  'POST a mount': async ({ client, server, maya }) => {
    const digest = await new RepositoryClient(server, 'acme/api', maya.token).pushBlob(bytes());
    return () => client.send(`blobs/uploads/?mount=${digest}&from=acme/api`, { method: 'POST' });
  },
  'GET an upload': async ({ client }) => {
    const address = await client.beginUpload();
    return () => client.send(address);
  },
  'PATCH an upload': async ({ client }) => {
    const address = await client.beginUpload();
    return () => client.send(address, { method: 'PATCH', body: bytes() });
  },
  'PUT the end of an upload': async ({ client }) => {
    const address = await client.beginUpload();
    const body = bytes();
    await client.send(address, { method: 'PATCH', body });
    return () => client.send(`${address}?digest=${sha256(body)}`, { method: 'PUT' });
  },
  'PATCH an upload, under way': underWay('PATCH'),
  'PUT all of an upload, under way': underWay('PUT'),
  'DELETE an upload': async ({ client }) => {
    const address = await client.beginUpload();
    return () => client.send(address, { method: 'DELETE' });
  },
  'PUT a manifest': ({ client, image }) => Promise.resolve(() => client.putManifest('v1', image)),
};

/** What only owners may do under `/v2`. */
const ownerDoors: Readonly<Record<string, Door>> = {
  'DELETE a tag': async ({ client, maya, image }) => {
    const tag = `t-${randomUUID()}`;
    await maya.putManifest(tag, image);
    return () => client.send(`manifests/${tag}`, { method: 'DELETE' });
  },
  'DELETE a blob': async ({ client, maya }) => {
    const digest = await maya.pushBlob(bytes());
    return () => client.send(`blobs/${digest}`, { method: 'DELETE' });
  },
};

/** The token endpoint with the credential itself. */
const tokenDoors: Readonly<Record<string, Door>> = {
  'GET a registry token': ({ server, holder }) =>
    Promise.resolve(() => fetch(`${server.origin}/v2/token`, { headers: holder.header })),
  'POST for a registry token': ({ server, holder }) =>
    Promise.resolve(() =>
      fetch(`${server.origin}/v2/token`, {
        method: 'POST',
        headers: holder.header,
        body: new URLSearchParams({ grant_type: 'password' }),
      }),
    ),
};

const api =
  (path: string, method = 'GET'): Door =>
  ({ server, holder: { bearer = '' } }) =>
    Promise.resolve(() => fetch(server.origin + path, { method, headers: bearerHeader(bearer) }));

/** What the API has of repositories, and of the account. */
const repositoryApiDoors: Readonly<Record<string, Door>> = {
  'GET me': ({ server, holder: { bearer = '' } }) =>
    Promise.resolve(() => fetch(`${server.origin}/api/v1/auth/me`, { headers: { 'x-api-key': bearer } })),
  'GET whoami': api('/v1/whoami'),
  'GET the repositories': api('/v1/repos'),
  'GET the packages': api('/api/v1/packages'),
  'GET the authorizations': api('/v1/repos/acme/web/authorizations'),
};
/** Keyhold's API, for credentials that are Bearer tokens. */
const apiDoors: Readonly<Record<string, Door>> = {
  'GET whoami': api('/v1/whoami'),
  'GET the repositories': api('/v1/repos'),
  'GET the packages': api('/api/v1/packages'),
  'GET the keys': api('/v1/keys'),
  'GET the organizations': api('/v1/orgs'),
};
const ownerApiDoors: Readonly<Record<string, Door>> = {
  'GET the bots': api('/v1/orgs/acme/bots'),
  'GET the members': api('/v1/orgs/acme/members'),
  'GET the invitations': api('/v1/orgs/acme/invitations'),
  'GET what would be lost': api('/v1/orgs/acme/contents'),
  'GET the authorizations': api('/v1/repos/acme/web/authorizations'),
  'GET the matrix': api('/v1/access/matrix?org=acme'),
  'GET the grants': api('/v1/access/grants?org=acme'),
  'GET the requests': api('/v1/access/requests?org=acme'),
  'GET what an API key can do': async (bench) => {
    const { context } = bench.server;
    const org = await context.db
      .selectFrom('organizations')
      .select('id')
      .where('slug', '=', 'acme')
      .executeTakeFirstOrThrow();
    const { id } = await storeApiKey(bench.server, org.id, bench.server.user('maya').id);
    return api(`/v1/access/credentials?credential=api-key:${id}`)(bench);
  },
  'GET the review': api('/v1/access/review?org=acme'),
  'GET the templates of access': api('/v1/access/templates?org=acme'),
  'GET what new repositories begin with': api('/v1/access/defaults?org=acme'),
  'GET the batches of access': api('/v1/access/batches?org=acme'),
  'GET the audit log': api('/v1/audit'),
  'POST to verify the audit log': api('/v1/audit/verify', 'POST'),
};

/** The pages, for a session in a cookie. One that nobody is signed in for leads to the sign-in, and who waits to the page for it. */
const pageDoors: Readonly<Record<string, Door>> = {
  'GET the dashboard': ({ server, holder: { cookie = '' } }) =>
    Promise.resolve(async () => {
      const page = await fetch(`${server.origin}/dashboard/keys`, {
        headers: { cookie },
        redirect: 'manual',
      });
      const leadsTo = page.headers.get('location') ?? '';
      if (leadsTo.startsWith('/login')) return new Response(null, { status: 401 });
      return leadsTo.startsWith('/pending') ? new Response(null, { status: 403 }) : page;
    }),
};

function apiDoorsOf({ bearer, owner, forRepositories = false }: Holder): Record<string, Door> {
  if (bearer === undefined) return {};
  if (forRepositories) return repositoryApiDoors;
  return owner ? { ...apiDoors, ...ownerApiDoors, ...organizationDoors } : apiDoors;
}

/** The doors that are open to a holder. */
export function doorsOf(holder: Holder): Record<string, Door> {
  const doors = {
    ...registryDoors,
    ...tokenDoors,
    ...(holder.owner ? ownerDoors : {}),
    ...apiDoorsOf(holder),
    ...(holder.cookie === undefined ? {} : { ...pageDoors, ...pageEventDoors }),
  };
  return Object.fromEntries(
    Object.entries(doors).filter(([name]) => holder.without?.includes(name) !== true),
  );
}
