import { createHash } from 'node:crypto';
import { z } from 'zod';
import { isDigest, splitDigest } from './names.ts';

/** Far more than any image has layers, or any index images. */
const maxDescriptors = 10_000;
/** Type and subtype of at most 127 characters (RFC 6838, section 4.2), and parameters. */
const mediaTypePattern =
  /^[A-Za-z0-9][\w!#$&^.+-]{0,126}\/[A-Za-z0-9][\w!#$&^.+-]{0,126}(?: *;[\x20-\x7e]*)?$/;

const mediaTypeSchema = z
  .string()
  .max(255)
  .regex(mediaTypePattern, 'Must be a media type such as application/vnd.oci.image.config.v1+json');
/** An empty one counts as none (OCI distribution specification 1.1, "Listing Referrers"). */
const artifactTypeSchema = z.literal('').or(mediaTypeSchema);
/** As a whole: each fault that is found takes memory. */
const annotationsSchema = z.custom<Record<string, string>>(isTexts, 'Must be names with texts');
const textsSchema = z.array(z.string()).nullish();

function isTexts(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((text) => typeof text === 'string');
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

const platformSchema = openObject({
  architecture: z.string(),
  os: z.string(),
  'os.version': z.string().optional(),
  'os.features': textsSchema,
  variant: z.string().optional(),
  features: textsSchema,
});

const descriptorSchema = openObject({
  mediaType: mediaTypeSchema,
  digest: z.string().refine(isDigest, 'Must be a sha256 or sha512 digest'),
  size: z.int({ error: wholeNumberWords }).nonnegative(),
  urls: textsSchema,
  annotations: annotationsSchema.optional(),
  artifactType: artifactTypeSchema.optional(),
  platform: platformSchema.optional(),
  data: z.string().optional(),
}).refine(({ data, digest, size }) => data === undefined || isContent(data, digest, size), {
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
const foreign = z.undefined().optional();
const common = {
  schemaVersion: z.literal(2),
  mediaType: z.string().optional(),
  subject: descriptorSchema.optional(),
  artifactType: artifactTypeSchema.optional(),
  annotations: annotationsSchema.optional(),
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
