import { KeyholdError } from '../../contracts/errors.ts';
import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { Image } from '../../contracts/ipc/images.ts';
import { timeFromNow } from './samples.ts';
import type { World } from './world.ts';

/** Of a repository: two releases as indexes, single images, and something that is no image. */
export const sampleTags: string[] = ['1.10.0', '1.9.2', 'broken', 'latest', 'pr-412', 'sbom-1.10.0'];

/** Tags in one answer, as of registries that page. */
const page = 1000;

/** A digest that is the same for a tag each time. */
export function sampleDigest(text: string): string {
  const bytes = [...new TextEncoder().encode(text.padEnd(32, '.').slice(0, 32))];
  const hex = bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return `sha256:${hex}`;
}

const oci = 'application/vnd.oci.image';

/** What a sample tag stands for; of an unknown tag an image. */
export function sampleImage(tag: string): Image {
  const digest = sampleDigest(tag);
  const common = { digest, createdAt: timeFromNow(-26 * 3600), others: 0 };
  if (tag === 'latest' || tag.startsWith('1.')) {
    const platforms = (['linux/amd64', 'linux/arm64', 'linux/arm/v7'] as const).map((name, index) => ({
      name,
      digest: sampleDigest(`${name}${tag}`),
      size: 48_731_904 - index * 1_400_000,
    }));
    const mediaType = `${oci}.index.v1+json`;
    return { ...common, mediaType, kind: 'index', size: null, platforms, createdAt: null, others: 3 };
  }
  const mediaType = `${oci}.manifest.v1+json`;
  if (tag.startsWith('sbom')) {
    return { ...common, mediaType, kind: 'artifact', size: 18_204, platforms: [], createdAt: null };
  }
  const size = 49_120_768;
  return { ...common, mediaType, kind: 'image', size, platforms: [{ name: 'linux/amd64', digest, size }] };
}

/** The registry of a world: each repository has the same tags. */
export function imagesHandlers(world: World): IpcHandlers['images'] {
  const known = (tag: string): void => {
    if (!world.tags.includes(tag)) throw new KeyholdError('tag_gone');
  };
  return {
    tags: ({ after }) => {
      const begin = Number(after ?? 0);
      const end = begin + page;
      return { tags: world.tags.slice(begin, end), next: end < world.tags.length ? String(end) : null };
    },
    image: ({ tag }) => {
      known(tag);
      if (tag === 'broken') throw new KeyholdError('registry_unreadable');
      return sampleImage(tag);
    },
    deleteTag: ({ tag }) => {
      known(tag);
      world.tags = world.tags.filter((other) => other !== tag);
    },
    copyPull: () => undefined,
    copyDigest: () => undefined,
    close: () => undefined,
  };
}
