import { z } from 'zod';
import { firstIssue } from '../http/validation-words.ts';
import { DistributionError } from '../http/distribution-error.ts';
import { imageSchema, indexSchema } from './manifest-schema.ts';
import type { Descriptor } from './manifest-schema.ts';
import { parsePlainJson, UnreadableJson } from './plain-json.ts';

/** Largest manifest, in bytes (OCI distribution specification 1.1, "Pushing Manifests"). */
export const maxManifestSize = 4 * 1024 * 1024;

/**
 * Largest annotations of a manifest that is about another one, as JSON in bytes: lists of referrers repeat them. What
 * is larger belongs into a layer.
 */
export const maxAnnotationBytes = 64 * 1024;

/** A content that a manifest points to. */
export interface ContentReference {
  digest: string;
  /** In bytes, as the manifest says. */
  size: number;
}

/** What a manifest points to, as far as the repository must have it. */
export interface ManifestReferences {
  blobs: ContentReference[];
  manifests: ContentReference[];
}

/** What a manifest says of itself and of others. */
export interface ParsedManifest {
  mediaType: string;
  references: ManifestReferences;
  /** Digest of the manifest that this one is about; it need not be there. */
  subject: string | null;
  artifactType: string | null;
  annotations: Record<string, string> | null;
}

const dockerTypes = 'application/vnd.docker.distribution.manifest.';
/** The media types that are taken, and which of the two shapes each has. */
const shapes: Readonly<Record<string, 'image' | 'index'>> = {
  'application/vnd.oci.image.manifest.v1+json': 'image',
  'application/vnd.oci.image.index.v1+json': 'index',
  [`${dockerTypes}v2+json`]: 'image',
  [`${dockerTypes}list.v2+json`]: 'index',
};

/** Layers of these types may be kept elsewhere, at the descriptor's `urls`, and need not be pushed. */
const foreignLayer =
  /^application\/vnd\.(?:docker\.image\.rootfs\.foreign|oci\.image\.layer\.nondistributable)\./;

/**
 * Reads a pushed manifest: OCI image manifest and index (image specification 1.1), Docker image manifest version 2,
 * schema 2 and manifest list. A document that could be read as either shape is refused.
 *
 * @param content - The bytes as pushed.
 * @param contentType - The request's `Content-Type`, if it was sent; else the document's `mediaType` counts.
 * @throws DistributionError 400 MANIFEST_INVALID with the reason.
 */
export function parseManifest(content: Uint8Array, contentType: string | undefined): ParsedManifest {
  const document = parseJson(content);
  const declared = declaredType(document);
  const mediaType = contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? declared ?? '';
  const shape = Object.hasOwn(shapes, mediaType) ? shapes[mediaType] : undefined;
  if (shape === undefined) {
    throw manifestInvalid(
      'The media type is not supported. Push an OCI image or index, or Docker image version 2, schema 2.',
    );
  }
  if (declared !== null && declared !== mediaType) {
    throw manifestInvalid(
      'The manifest names another media type in mediaType than the request in Content-Type.',
    );
  }
  const parsed = { mediaType, ...(shape === 'image' ? readImage(document) : readIndex(document)) };
  // Docker reads no other.
  if (declared === null && mediaType.startsWith(dockerTypes)) {
    throw manifestInvalid('A manifest of Docker’s form must name its type in mediaType.');
  }
  requireFewAnnotations(parsed);
  return parsed;
}

function declaredType(document: unknown): string | null {
  return named(z.looseObject({ mediaType: z.string().nullish() }).safeParse(document).data?.mediaType);
}

function requireFewAnnotations({ subject, annotations }: ParsedManifest): void {
  if (subject === null || Buffer.byteLength(JSON.stringify(annotations)) <= maxAnnotationBytes) return;
  throw manifestInvalid(
    `The annotations of a manifest that has a subject may take ${String(maxAnnotationBytes / 1024)} KiB, these take more. ` +
      'Put what is large into a layer.',
  );
}

function parseJson(content: Uint8Array): unknown {
  try {
    return parsePlainJson(content);
  } catch (error) {
    if (!(error instanceof UnreadableJson)) throw error;
    throw manifestInvalid(`The manifest ${error.message}: clients could not read it, or not all alike.`);
  }
}

function readImage(document: unknown): Omit<ParsedManifest, 'mediaType'> {
  const image = check(imageSchema, document);
  const needed = image.layers.filter((layer) => !foreignLayer.test(layer.mediaType));
  return {
    references: { blobs: [image.config, ...needed].map(toReference), manifests: [] },
    subject: image.subject?.digest ?? null,
    artifactType: named(image.artifactType) ?? image.config.mediaType,
    annotations: image.annotations ?? null,
  };
}

function readIndex(document: unknown): Omit<ParsedManifest, 'mediaType'> {
  const index = check(indexSchema, document);
  const isManifest = ({ mediaType }: Descriptor) => Object.hasOwn(shapes, mediaType);
  return {
    references: {
      // BuildKit keeps its cache so.
      blobs: index.manifests.filter((entry) => !isManifest(entry)).map(toReference),
      manifests: index.manifests.filter(isManifest).map(toReference),
    },
    subject: index.subject?.digest ?? null,
    artifactType: named(index.artifactType),
    annotations: index.annotations ?? null,
  };
}

function toReference({ digest, size }: Descriptor): ContentReference {
  return { digest, size };
}

/** An empty type counts as none (OCI distribution specification 1.1, "Listing Referrers"). */
function named(type: string | null | undefined): string | null {
  return type === '' ? null : (type ?? null);
}

function check<Schema extends z.ZodType>(schema: Schema, document: unknown): z.infer<Schema> {
  const result = schema.safeParse(document);
  if (result.success) return result.data;
  throw manifestInvalid(
    `The manifest does not have the form of its media type: ${firstIssue(result.error)}.`,
  );
}

/** The refusal of a manifest for what it says. */
export function manifestInvalid(message: string, detail?: Record<string, unknown>): DistributionError {
  return new DistributionError(400, 'MANIFEST_INVALID', message, detail === undefined ? {} : { detail });
}
