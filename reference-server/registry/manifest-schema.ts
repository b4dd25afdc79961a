import { createHash } from 'node:crypto';
import { z } from 'zod';
import { isDigest, splitDigest } from './names.ts';

/** Far more than any image has layers, or any index images. */
export const maxDescriptors = 10_000;
const mediaTypeWords = 'Must be a media type such as application/vnd.oci.image.config.v1+json';
/** Type and subtype of at most 127 characters (RFC 6838, section 4.2), and parameters. */
const mediaTypePattern =
  /^[A-Za-z0-9][\w!#$&^.+-]{0,126}\/[A-Za-z0-9][\w!#$&^.+-]{0,126}(?: *;[\x20-\x7e]*)?$/;

const mediaTypeSchema = z.string().max(255).refine(isMediaType, mediaTypeWords);
/** An empty one counts as none (OCI distribution specification 1.1, "Listing Referrers"). */
const artifactTypeSchema = z
  .string()
  .max(255)
  .refine((type) => type === '' || isMediaType(type), mediaTypeWords);
/** These two as a whole: each fault that is found takes memory. */
const annotationsSchema = z.custom<Record<string, string>>(isNamedTexts, 'Must be names with texts');
const textsSchema = z.custom<string[]>(isTexts, 'Must be a list of texts');

function isMediaType(text: string): boolean {
  return mediaTypePattern.test(text);
}

function isNamedTexts(value: unknown): boolean {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && isTexts(Object.values(value))
  );
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((text) => typeof text === 'string');
}

/** What is missing is said to be missing, by the words for all schemas. */
function wholeNumberWords({ input }: { input?: unknown }): string | undefined {
  return input === undefined ? undefined : 'Must be a whole number in digits';
}

/**
 * An object with further fields, but none that many programs take for one of these: those written in Go read names
 * whatever their capitals are, so that for them `Layers` would be the layers and for others not.
 */
function openObject<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const known = new Map(Object.keys(shape).map((name) => [withoutCase(name), name]));
  return z
    .looseObject(shape)
    .refine(
      (value) => Object.keys(value).every((name) => (known.get(withoutCase(name)) ?? name) === name),
      'Must not have a known field in other capitals',
    );
}

/** Also of the two letters outside ASCII that count as a k and an s. */
function withoutCase(name: string): string {
  return name.toUpperCase().toLowerCase();
}

// What may be left out may also be null: some tools write it so, and every reader takes the one for the other.
const platformSchema = openObject({
  architecture: z.string(),
  os: z.string(),
  'os.version': z.string().nullish(),
  'os.features': textsSchema.nullish(),
  variant: z.string().nullish(),
  features: textsSchema.nullish(),
});

const descriptorSchema = openObject({
  mediaType: mediaTypeSchema,
  digest: z.string().refine(isDigest, 'Must be a sha256 or sha512 digest'),
  size: z.int({ error: wholeNumberWords }).nonnegative(),
  urls: textsSchema.nullish(),
  annotations: annotationsSchema.nullish(),
  artifactType: artifactTypeSchema.nullish(),
  platform: platformSchema.nullish(),
  data: z.string().nullish(),
}).refine(({ data, digest, size }) => typeof data !== 'string' || isContent(data, digest, size), {
  path: ['data'],
  message: 'Must be the content of that digest and size, in base64',
});
/** What a manifest says of a content that it points to (OCI image specification 1.1, "Content Descriptors"). */
export type Descriptor = z.output<typeof descriptorSchema>;

/** Whether an embedded content is the one that its descriptor names. */
function isContent(base64: string, digest: string, size: number): boolean {
  const content = Buffer.from(base64, 'base64');
  const { algorithm, hex } = splitDigest(digest);
  return (
    content.toString('base64') === base64 &&
    content.length === size &&
    createHash(algorithm).update(content).digest('hex') === hex
  );
}

/**
 * Looked through one by one only once it is known that they are few: each fault that is found takes memory. Programs
 * in Go write the layers of an image that has none as null.
 */
const descriptorsSchema = z
  .array(z.unknown())
  .max(maxDescriptors)
  .nullable()
  .transform((list) => list ?? [])
  .pipe(z.array(descriptorSchema));

/** Fields that make clients take a document for one of another kind; they then refuse it. */
const foreign = z.undefined('Must not be in a document of this type').optional();
const common = {
  schemaVersion: z.literal(2),
  mediaType: z.string().nullish(),
  subject: descriptorSchema.nullish(),
  artifactType: artifactTypeSchema.nullish(),
  annotations: annotationsSchema.nullish(),
  fsLayers: foreign,
  history: foreign,
};

/** An image manifest, OCI's or Docker's version 2, schema 2; it may have no layers. */
export const imageSchema = openObject({
  ...common,
  config: descriptorSchema,
  layers: descriptorsSchema,
  manifests: foreign,
});

/** An image index, or Docker's manifest list. */
export const indexSchema = openObject({
  ...common,
  manifests: descriptorsSchema,
  config: foreign,
  layers: foreign,
});
