import { z } from 'zod';
import { sha256 } from './oci-image.ts';
import type { TestServer } from './server.ts';

/** Who asks: a demo user by user name with the password of this start, explicit credentials, or nobody. */
export type Caller = string | { username: string; password: string } | null;

const tokenSchema = z.object({ token: z.string() });
const errorsSchema = z.object({
  errors: z
    .array(z.object({ code: z.string(), message: z.string().min(1), detail: z.unknown().optional() }))
    .min(1),
});

/** `Authorization: Basic` for a caller; nothing for nobody. */
export function basicHeader(server: TestServer, caller: Caller): Record<string, string> {
  if (caller === null) return {};
  const { username, password } = typeof caller === 'string' ? server.user(caller) : caller;
  return { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
}

/** A registry token with whatever of the scopes the caller has. */
export async function registryToken(
  server: TestServer,
  caller: Caller,
  ...scopes: readonly string[]
): Promise<string> {
  const url = new URL('/v2/token', server.origin);
  url.searchParams.set('service', server.host);
  for (const scope of scopes) url.searchParams.append('scope', scope);
  const response = await fetch(url, { headers: basicHeader(server, caller) });
  if (response.status !== 200) throw new Error(`The token endpoint answered ${String(response.status)}`);
  return tokenSchema.parse(await response.json()).token;
}

/** The first error of an answer in distribution form; fails when the body has another form. */
export async function registryError(
  response: Response,
): Promise<{ status: number; code: string; message: string }> {
  const [error] = errorsSchema.parse(await response.json()).errors;
  return { status: response.status, code: error?.code ?? '', message: error?.message ?? '' };
}

export interface RegistryRequest {
  method?: string;
  headers?: Readonly<Record<string, string>>;
  body?: Uint8Array<ArrayBuffer> | string | ReadableStream;
}

/** One repository as one caller sees it, with one token for pulling and pushing. */
export class RepositoryClient {
  readonly server: TestServer;
  readonly name: string;
  readonly token: string;

  constructor(server: TestServer, name: string, token: string) {
    this.server = server;
    this.name = name;
    this.token = token;
  }

  static async open(server: TestServer, caller: Caller, name: string): Promise<RepositoryClient> {
    return new RepositoryClient(
      server,
      name,
      await registryToken(server, caller, `repository:${name}:pull,push`),
    );
  }

  /** A request to a path under the repository, or to a `Location` that the server gave. */
  async send(path: string, { method = 'GET', headers = {}, body }: RegistryRequest = {}): Promise<Response> {
    const url = new URL(path.startsWith('/') ? path : `/v2/${this.name}/${path}`, this.server.origin);
    return fetch(url, {
      method,
      headers: { authorization: `Bearer ${this.token}`, ...headers },
      ...(body === undefined ? {} : { body }),
      ...(body instanceof ReadableStream ? { duplex: 'half' } : {}),
    });
  }

  /** Begins an upload and gives its address. */
  async beginUpload(): Promise<string> {
    const response = await this.send('blobs/uploads/', { method: 'POST' });
    const location = response.headers.get('location');
    if (response.status !== 202 || location === null) {
      throw new Error(`Beginning an upload answered ${String(response.status)}`);
    }
    return location;
  }

  /** Pushes a blob with one request and gives its digest. */
  async pushBlob(content: Uint8Array<ArrayBuffer>): Promise<string> {
    const digest = sha256(content);
    const response = await this.send(`blobs/uploads/?digest=${digest}`, { method: 'POST', body: content });
    if (response.status !== 201) throw new Error(`Pushing a blob answered ${String(response.status)}`);
    return digest;
  }

  /** Pushes a manifest by tag or digest. */
  async putManifest(
    reference: string,
    document: unknown,
    contentType = 'application/vnd.oci.image.manifest.v1+json',
  ): Promise<Response> {
    const body = typeof document === 'string' ? document : JSON.stringify(document);
    return this.send(`manifests/${reference}`, {
      method: 'PUT',
      headers: { 'content-type': contentType },
      body,
    });
  }

  /** Pushes a config and a layer, and gives the manifest that holds them; nothing is tagged. */
  async newImage(text: string) {
    const config = Buffer.from(JSON.stringify({ architecture: 'amd64', os: 'linux', comment: text }));
    const layer = Buffer.from(`layer ${text}`);
    const describe = async (mediaType: string, content: Uint8Array<ArrayBuffer>) => ({
      mediaType,
      digest: await this.pushBlob(content),
      size: content.length,
    });
    return {
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: await describe('application/vnd.oci.image.config.v1+json', config),
      layers: [await describe('application/vnd.oci.image.layer.v1.tar', layer)],
    };
  }
}
