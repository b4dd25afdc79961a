import { createHash } from 'node:crypto';
import { z } from 'zod';
import { digestSchema } from '../../../contracts/domain/image.ts';
import { readAnswer } from '../service/read-answer.ts';

/** Longest manifest, bytes (OCI distribution specification 1.1, "Pushing Manifests"). */
export const maxManifestBytes = 4 * 1024 * 1024;

const types = {
  ociImage: 'application/vnd.oci.image.manifest.v1+json',
  ociIndex: 'application/vnd.oci.image.index.v1+json',
  dockerImage: 'application/vnd.docker.distribution.manifest.v2+json',
  dockerList: 'application/vnd.docker.distribution.manifest.list.v2+json',
};

/** What is asked for: OCI manifests and indexes, and Docker's of version 2, schema 2. */
export const manifestAccept = Object.values(types).join(', ');

/** Configurations that say a platform. Others belong to artifacts. */
const imageConfigs: readonly string[] = [
  'application/vnd.oci.image.config.v1+json',
  'application/vnd.docker.container.image.v1+json',
];

/** Above the size of any layer; the sum of the most layers stays a safe integer. */
const maxBlobBytes = 2 ** 40;
const maxLayers = 4000;
const maxEntries = 1000;

const descriptorSchema = z.object({
  mediaType: z.string().min(1).max(255),
  digest: digestSchema,
  size: z.number().int().nonnegative().max(maxBlobBytes),
});
const annotationsSchema = z.object({ 'org.opencontainers.image.created': z.string().optional() }).optional();

/** Programs in Go write a list without entries, such as the layers of an image that has none, as null. */
function listOf<Item extends z.ZodType>(item: Item, most: number) {
  return z
    .array(item)
    .max(most)
    .nullable()
    .transform((list) => list ?? []);
}

const imageManifestSchema = z.object({
  mediaType: z.string().max(255).optional(),
  config: descriptorSchema,
  layers: listOf(descriptorSchema, maxLayers),
  annotations: annotationsSchema,
});
const platformSchema = z.object({
  os: z.string(),
  architecture: z.string(),
  variant: z.string().optional(),
});
const indexSchema = z.object({
  mediaType: z.string().max(255).optional(),
  manifests: listOf(descriptorSchema.extend({ platform: platformSchema.optional() }), maxEntries),
  annotations: annotationsSchema,
});
const configSchema = platformSchema.extend({ created: z.string().optional() });

export type Descriptor = z.infer<typeof descriptorSchema>;

/** A manifest, as far as the app looks at it. */
export interface ImageManifest {
  kind: 'image' | 'artifact';
  config: Descriptor;
  /** Bytes of configuration and layers. */
  size: number;
  createdAt: string | null;
}

export interface IndexEntry extends Descriptor {
  /** Null for one that is not named. */
  platform: string | null;
}

export interface ImageIndex {
  kind: 'index';
  entries: IndexEntry[];
  /** How many entries are for no platform: attestations and the like. */
  others: number;
  createdAt: string | null;
}

/**
 * Reads a manifest or index (OCI image specification 1.1; Docker image manifest version 2, schema 2).
 *
 * @param mediaType - As the registry says it.
 * @returns Null when it is of no known type, or not what its type says.
 */
export function readManifest(mediaType: string, text: string): ImageManifest | ImageIndex | null {
  if (mediaType === types.ociImage || mediaType === types.dockerImage) {
    const manifest = readAnswer(text, imageManifestSchema);
    return manifest === null || !says(manifest.mediaType, mediaType) ? null : toImage(manifest);
  }
  if (mediaType === types.ociIndex || mediaType === types.dockerList) {
    const index = readAnswer(text, indexSchema);
    return index === null || !says(index.mediaType, mediaType) ? null : toIndex(index);
  }
  return null;
}

/** A document of the one type must not be served as the other (OCI image specification 1.1, "mediaType"). */
function says(declared: string | undefined, mediaType: string): boolean {
  return declared === undefined || declared === mediaType;
}

function toImage({ config, layers, annotations }: z.infer<typeof imageManifestSchema>): ImageManifest {
  return {
    kind: imageConfigs.includes(config.mediaType) ? 'image' : 'artifact',
    config,
    size: layers.reduce((sum, layer) => sum + layer.size, config.size),
    createdAt: timeOf(annotations?.['org.opencontainers.image.created']),
  };
}

function toIndex({ manifests, annotations }: z.infer<typeof indexSchema>): ImageIndex {
  const images = manifests.filter(({ platform }) => platform?.os !== 'unknown');
  return {
    kind: 'index',
    entries: images.map(({ platform, ...descriptor }) => ({
      ...descriptor,
      platform: platform === undefined ? null : platformName(platform),
    })),
    others: manifests.length - images.length,
    createdAt: timeOf(annotations?.['org.opencontainers.image.created']),
  };
}

/** What an image's configuration says of it; nulls where it says nothing. */
export function readConfig(text: string): { platform: string | null; createdAt: string | null } {
  const config = readAnswer(text, configSchema);
  return config === null
    ? { platform: null, createdAt: null }
    : { platform: platformName(config), createdAt: timeOf(config.created) };
}

/** `linux/arm64/v8`. Names are for people to read, so nothing but plain short words is taken for one. */
function platformName({ os, architecture, variant = '' }: z.infer<typeof platformSchema>): string | null {
  const parts = [os, architecture, variant].filter((part) => part !== '');
  return parts.every((part) => /^[A-Za-z0-9._-]{1,40}$/.test(part)) ? parts.join('/') : null;
}

/** Tools that build the same bytes each time leave the creation at the epoch, or earlier: that is no time. */
function timeOf(text: string | undefined): string | null {
  const time = text === undefined || text.length > 40 ? Number.NaN : Date.parse(text);
  return time > 0 ? new Date(time).toISOString() : null;
}

/**
 * The digest of a text in UTF-8.
 *
 * @param like - A digest whose algorithm counts; SHA-256 without one.
 */
export function digestOf(text: string, like: string | null): string {
  const algorithm = like?.startsWith('sha512:') === true ? 'sha512' : 'sha256';
  return `${algorithm}:${createHash(algorithm).update(text, 'utf8').digest('hex')}`;
}
