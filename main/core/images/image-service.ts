import { z } from 'zod';
import { digestSchema, tagSchema } from '../../../contracts/domain/image.ts';
import { KeyholdError } from '../../../contracts/errors.ts';
import type { Image, TagPage } from '../../../contracts/ipc/images.ts';
import type { RepositoryPlace } from '../grants/grant-service.ts';
import type { ActivityLog } from '../activity/activity-log.ts';
import { readAnswer } from '../service/read-answer.ts';
import type { Vault } from '../vault/vault.ts';
import { digestOf, manifestAccept, maxManifestBytes, readConfig, readManifest } from './manifest.ts';
import type { Descriptor, ImageIndex, ImageManifest, IndexEntry } from './manifest.ts';
import { RegistrySession } from './registry-session.ts';
import type { SessionDeps } from './registry-session.ts';

type ImageServiceDeps = SessionDeps & { vault: Vault; activity: ActivityLog };

/** Tags of one page. A registry that does not page may send more. */
const pageSize = 1000;
const maxTagsAtOnce = 20_000;
const maxTagListBytes = 4 * 1024 * 1024;
/** A configuration beyond it is not read: it would only say platform and time. */
const maxConfigBytes = 256 * 1024;
/** Images of an index whose manifests are read, and their bytes in all: more than any real index has. */
const maxImages = 64;
const maxImagesBytes = 4 * 1024 * 1024;
/** Repositories that are looked at; beyond it the one that was opened first is closed. */
const maxSessions = 8;

const tagListSchema = z.object({ tags: z.array(tagSchema).max(maxTagsAtOnce).nullable() });

/** What is in the repositories of a context's registry. Every answer is checked, digests included. */
export class ImageService {
  readonly #deps: ImageServiceDeps;
  readonly #sessions = new Map<string, RegistrySession>();

  constructor(deps: ImageServiceDeps) {
    this.#deps = deps;
    deps.vault.onChange(() => {
      if (!deps.vault.isUnlocked) this.#closeAll();
    });
  }

  /**
   * One page of a repository's tags, in the registry's order.
   *
   * @param after - `next` of the page before; null for the first.
   * @throws KeyholdError as `RegistrySession.send`.
   */
  async tags(place: RepositoryPlace, after: string | null): Promise<TagPage> {
    const query = after === null ? `n=${String(pageSize)}` : new URLSearchParams(after).toString();
    const path = `tags/list?${query}`;
    const { text, headers } = await this.#session(place).send({
      method: 'GET',
      path,
      maxBytes: maxTagListBytes,
    });
    const list = readAnswer(text, tagListSchema);
    if (list === null) throw new KeyholdError('registry_unreadable');
    const tags = [...new Set(list.tags)];
    const next = nextQuery(
      headers['link'],
      this.#deps.contexts.get(place.contextId).origin,
      place.repository,
    );
    // A page without tags leads nowhere, whatever it links to; nor does one that links to itself.
    return { tags, next: tags.length === 0 || next === query ? null : next };
  }

  /**
   * What a tag stands for.
   *
   * @throws KeyholdError as `RegistrySession.send`; `registry_unreadable` also for what has another digest than it
   * should, or a type that is not known.
   */
  async image(place: RepositoryPlace, tag: string): Promise<Image> {
    const session = this.#session(place);
    const { digest, mediaType, document } = await readDocument(session, tag);
    const facts =
      document.kind === 'index'
        ? await factsOfIndex(session, document)
        : await factsOfImage(session, document, digest);
    return { digest, mediaType, kind: document.kind, ...facts };
  }

  /** Deletes a tag, not what it points to. @throws KeyholdError as `RegistrySession.send`. */
  async deleteTag(place: RepositoryPlace, tag: string): Promise<void> {
    await this.#session(place).send({ method: 'DELETE', path: `manifests/${tag}` });
    const { contexts, activity } = this.#deps;
    const contextName = contexts.get(place.contextId).name;
    activity.append({ kind: 'image.tag_deleted', contextName, detail: `${place.repository}:${tag}` });
  }

  /** Gives up what is still being asked about a repository. */
  close({ contextId, repository }: RepositoryPlace): void {
    const key = `${contextId} ${repository}`;
    this.#sessions.get(key)?.end();
    this.#sessions.delete(key);
  }

  #session({ contextId, repository }: RepositoryPlace): RegistrySession {
    const key = `${contextId} ${repository}`;
    const open = this.#sessions.get(key);
    if (open !== undefined) return open;
    const [oldest] = this.#sessions;
    if (oldest !== undefined && this.#sessions.size >= maxSessions) {
      oldest[1].end();
      this.#sessions.delete(oldest[0]);
    }
    const session = new RegistrySession(this.#deps, contextId, repository);
    this.#sessions.set(key, session);
    return session;
  }

  #closeAll(): void {
    for (const session of this.#sessions.values()) session.end();
    this.#sessions.clear();
  }
}

/**
 * The query of the next page, from a `Link` header (RFC 8288; OCI distribution specification 1.1, "Listing Tags").
 * Only the query is taken from it: where to send it is not the registry's to say.
 */
function nextQuery(link: string | undefined, origin: string, repository: string): string | null {
  const target = /^\s*<([^>]{1,2048})>\s*;\s*rel="?next"?\s*$/.exec(link ?? '')?.[1];
  if (target === undefined || !URL.canParse(target, origin)) return null;
  const url = new URL(target, origin);
  if (url.origin !== origin || url.pathname !== `/v2/${repository}/tags/list`) return null;
  const query = url.searchParams.toString();
  return query === '' || query.length > 1024 ? null : query;
}

async function readDocument(
  session: RegistrySession,
  reference: string,
  maxBytes = maxManifestBytes,
): Promise<{ digest: string; mediaType: string; document: ImageManifest | ImageIndex }> {
  const { text, headers } = await session.send({
    method: 'GET',
    path: `manifests/${reference}`,
    accept: manifestAccept,
    maxBytes,
  });
  const named = digestSchema.safeParse(reference).data ?? headers['docker-content-digest'] ?? null;
  const digest = digestOf(text, named);
  const mediaType = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const document = readManifest(mediaType, text);
  if (document === null || (named !== null && named !== digest)) {
    throw new KeyholdError('registry_unreadable');
  }
  return { digest, mediaType, document };
}

type Facts = Pick<Image, 'size' | 'createdAt' | 'platforms' | 'others'>;

async function factsOfImage(
  session: RegistrySession,
  { kind, config, size, createdAt }: ImageManifest,
  digest: string,
): Promise<Facts> {
  const said = kind === 'image' ? await configFacts(session, config) : { platform: null, createdAt: null };
  const platforms = said.platform === null ? [] : [{ name: said.platform, digest, size }];
  return { size, createdAt: createdAt ?? said.createdAt, platforms, others: 0 };
}

/** What the configuration says; nothing when it is not there, too large, or not what its digest says. */
async function configFacts(
  session: RegistrySession,
  config: Descriptor,
): Promise<ReturnType<typeof readConfig>> {
  const nothing = { platform: null, createdAt: null };
  if (config.size > maxConfigBytes) return nothing;
  const text = await session
    .send({ method: 'GET', path: `blobs/${config.digest}`, accept: '*/*', maxBytes: maxConfigBytes })
    .then(
      (response) => response.text,
      (error: unknown) => unlessGivenUp(error),
    );
  return text !== null && digestOf(text, config.digest) === config.digest ? readConfig(text) : nothing;
}

async function factsOfIndex(
  session: RegistrySession,
  { entries, others, createdAt }: ImageIndex,
): Promise<Facts> {
  let bytes = 0;
  const images = entries.slice(0, maxImages).map((entry) => {
    bytes += entry.size;
    return { entry, read: bytes <= maxImagesBytes };
  });
  const platforms = await Promise.all(
    images.map(async ({ entry, read }) => ({
      name: entry.platform,
      digest: entry.digest,
      size: read ? await sizeOf(session, entry) : null,
    })),
  );
  return { size: null, createdAt, platforms, others: others + entries.length - images.length };
}

/** Bytes of an index's image; null when its manifest is not there, is longer than the index says or cannot be read. */
async function sizeOf(session: RegistrySession, { digest, size }: IndexEntry): Promise<number | null> {
  try {
    const { document } = await readDocument(session, digest, Math.min(size, maxManifestBytes));
    return document.kind === 'index' ? null : document.size;
  } catch (error) {
    return unlessGivenUp(error);
  }
}

/** Nothing is known of a part that the registry does not give; when it is away, nothing is known at all. */
function unlessGivenUp(error: unknown): null {
  if (error instanceof KeyholdError && error.code !== 'server_unreachable') return null;
  throw error;
}
