import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import type { Principal } from '../../reference-server/identity/principals.ts';
import { openRegistry } from '../../reference-server/registry/registry.ts';
import type { Registry } from '../../reference-server/registry/registry.ts';
import type { UploadOwner } from '../../reference-server/registry/upload-records.ts';
import { newTestContext } from './server-context.ts';
import type { TestContext } from './server-context.ts';

/** A registry on a folder of its own, without HTTP, with the organizations `o_acme` and `o_other`. */
export interface TestRegistry extends Registry {
  context: TestContext;
  folder: string;
  /** Digests of contents that turned out to be bad. */
  bad: string[];
  /** A registry on the same folder and database, as after a start. */
  restart(): Promise<Registry>;
  close(): Promise<void>;
}

const principal: Principal = { kind: 'user', id: 'u_test', name: 'test' };
/** Of two repositories of one organization, and of one of another. */
export const web: UploadOwner = { repositoryId: 'r_web', principal };
export const api: UploadOwner = { repositoryId: 'r_api', principal };
export const foreign: UploadOwner = {
  repositoryId: 'r_foreign',
  principal: { ...principal, id: 'u_foreign' },
};

/** @param orgStorage - What an organization may keep, in bytes. */
export async function openTestRegistry(orgStorage = 1024 ** 3): Promise<TestRegistry> {
  const folder = await mkdtemp(path.join(tmpdir(), 'keyhold-registry-'));
  const context = await newTestContext();
  context.config = { ...context.config, blobDir: folder, orgStorage };
  await insertRepositories(context);
  const bad: string[] = [];
  const onBad = (digest: string) => {
    bad.push(digest);
    return Promise.resolve();
  };
  return {
    ...(await openRegistry(context, onBad)),
    context,
    folder,
    bad,
    restart: () => openRegistry(context, onBad),
    close: async () => {
      await context.db.destroy();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function insertRepositories(context: TestContext): Promise<void> {
  const { db } = context;
  const createdAt = context.now().toISOString();
  for (const { id, kind } of [web.principal, foreign.principal])
    await db.insertInto('principals').values({ id, kind }).execute();
  for (const slug of ['acme', 'other']) {
    const values = { slug, display_name: slug, kind: 'team', created_at: createdAt } as const;
    await db
      .insertInto('organizations')
      .values({ id: `o_${slug}`, ...values })
      .execute();
  }
  for (const [id, org, name] of [
    ['r_web', 'o_acme', 'acme/web'],
    ['r_api', 'o_acme', 'acme/api'],
    ['r_foreign', 'o_other', 'other/web'],
  ] as const) {
    const values = { org_id: org, full_name: name, public: 0, created_at: createdAt } as const;
    await db
      .insertInto('repositories')
      .values({ id, ...values })
      .execute();
  }
}

export function digestOf(content: Uint8Array): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

/** Pushes a blob and gives its digest. */
export async function pushBlob(
  { uploads }: Registry,
  owner: UploadOwner,
  content: Uint8Array,
): Promise<string> {
  const id = await uploads.begin(owner);
  await uploads.append(owner, id, Readable.from([Buffer.from(content)]), null);
  await uploads.finish(owner, id, digestOf(content));
  return digestOf(content);
}

/** The file in which a content is kept. */
export function fileOf({ folder }: TestRegistry, digest: string): string {
  const [algorithm = '', hex = ''] = digest.split(':');
  return path.join(folder, algorithm, hex.slice(0, 2), hex);
}
