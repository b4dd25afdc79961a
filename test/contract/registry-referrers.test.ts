import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { sha256 } from '../support/oci-image.ts';
import { RepositoryClient, registryToken } from '../support/registry-client.ts';

const manifestType = 'application/vnd.oci.image.manifest.v1+json';
const indexType = 'application/vnd.oci.image.index.v1+json';

let server: LocalServer;
let web: RepositoryClient;
beforeAll(async () => {
  server = await startLocalServer();
  const token = await registryToken(server, 'maya', 'repository:acme/web:pull,push,delete');
  web = new RepositoryClient(server, 'acme/web', token);
});
afterAll(() => server.stop());

const digestOf = (document: unknown) => sha256(Buffer.from(JSON.stringify(document)));

interface Index {
  schemaVersion: number;
  mediaType: string;
  manifests: { digest: string; artifactType?: string; annotations?: Record<string, string> }[];
}

async function referrers(subject: string, query = ''): Promise<{ index: Index; response: Response }> {
  const response = await web.send(`referrers/${subject}${query}`);
  expect([response.status, response.headers.get('content-type')]).toEqual([200, indexType]);
  return { index: (await response.json()) as Index, response };
}

async function aboutImage(subject: string, artifactType: string, note: string) {
  const image = await web.newImage(note);
  return {
    ...image,
    artifactType,
    annotations: { 'org.example.note': note },
    subject: { mediaType: manifestType, digest: subject, size: 1 },
  };
}

describe('referrers', () => {
  it('of a manifest that nothing is about, or that is not there, are an empty index', async () => {
    const { index } = await referrers(`sha256:${'0'.repeat(64)}`);
    expect(index).toEqual({ schemaVersion: 2, mediaType: indexType, manifests: [] });
  });

  it('are listed with type and annotations, filtered by type, and named at the push', async () => {
    const subject = digestOf(await web.newImage('subject'));
    const signature = await aboutImage(subject, 'application/vnd.example.signature', 'signed');
    const bill = await aboutImage(subject, 'application/vnd.example.sbom', 'bill');
    for (const document of [signature, bill]) {
      const pushed = await web.putManifest(digestOf(document), document);
      expect(pushed.headers.get('oci-subject')).toBe(subject);
    }
    const all = await referrers(subject);
    expect(new Set(all.index.manifests.map(({ digest }) => digest))).toEqual(
      new Set([digestOf(signature), digestOf(bill)]),
    );
    const { index, response } = await referrers(subject, '?artifactType=application%2Fvnd.example.signature');
    expect(response.headers.get('oci-filters-applied')).toBe('artifactType');
    expect(index.manifests).toEqual([
      {
        mediaType: manifestType,
        digest: digestOf(signature),
        size: JSON.stringify(signature).length,
        artifactType: 'application/vnd.example.signature',
        annotations: { 'org.example.note': 'signed' },
      },
    ]);
  });

  it('take the config type for the type of an image that has none, and forget what is deleted', async () => {
    const subject = digestOf(await web.newImage('other subject'));
    const image = { ...(await aboutImage(subject, 'unused', 'plain')), artifactType: undefined };
    await web.putManifest('plain', image);
    const before = await referrers(subject);
    expect(before.index.manifests[0]?.artifactType).toBe('application/vnd.oci.image.config.v1+json');
    await web.send(`manifests/${digestOf(image)}`, { method: 'DELETE' });
    expect((await referrers(subject)).index.manifests).toEqual([]);
  });

  it('come in pages that link to each other and leave none out', async () => {
    const subject = digestOf(await web.newImage('popular'));
    const document = {
      ...(await web.newImage('many')),
      subject: { mediaType: manifestType, digest: subject, size: 1 },
    };
    const pushed = digestOf(document);
    expect((await web.putManifest(pushed, document)).status).toBe(201);
    // More of the same, without as many pushes.
    const others = Array.from({ length: 204 }, (_, index) => sha256(Buffer.from(String(index))));
    await server.context.write({}, async (tx) => {
      const row = await tx
        .selectFrom('registry_manifests')
        .selectAll()
        .where('digest', '=', pushed)
        .executeTakeFirstOrThrow();
      const rows = others.map((digest) => ({ ...row, digest }));
      await tx.insertInto('registry_manifests').values(rows).execute();
    });
    const digests = new Set([pushed, ...others]);
    const found = new Set<string>();
    let next: string | undefined = `/v2/acme/web/referrers/${subject}`;
    let pages = 0;
    while (next !== undefined) {
      const response: Response = await web.send(next);
      const { manifests } = (await response.json()) as Index;
      for (const { digest } of manifests) found.add(digest);
      next = /^<([^>]+)>; rel="next"$/.exec(response.headers.get('link') ?? '')?.[1];
      pages += 1;
    }
    expect([pages, found]).toEqual([3, digests]);
  });
});
