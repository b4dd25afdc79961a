import { z } from 'zod';
import { digestSchema, pullToolSchema, tagSchema } from '../domain/image.ts';
import { byRepository } from './grants.ts';
import { call } from './define.ts';
import { serviceErrors } from './service-errors.ts';

/** Part of a repository's tags. */
const tagPageSchema = z.strictObject({
  tags: z.array(z.string()),
  /** Asks for the next part; null when this is the last. */
  next: z.string().nullable(),
});
export type TagPage = z.infer<typeof tagPageSchema>;

/** What a tag stands for. Sizes are bytes of configuration and layers as they are pulled. */
export const imageSchema = z.strictObject({
  /** Of the manifest or index itself. */
  digest: z.string(),
  mediaType: z.string(),
  /** `artifact`: something else than a container's file system, such as a chart or a signature. */
  kind: z.enum(['image', 'index', 'artifact']),
  /** Null for an index. */
  size: z.number().int().nonnegative().nullable(),
  /** RFC 3339; null when the image does not say. */
  createdAt: z.string().nullable(),
  /** The images of an index; an image's own platform, when it says one. */
  platforms: z.array(
    z.strictObject({
      /** Such as `linux/arm64/v8`; null for one that is not named. */
      name: z.string().nullable(),
      digest: z.string(),
      /** Null where it could not be found out. */
      size: z.number().int().nonnegative().nullable(),
    }),
  ),
  /** Entries of an index that are no images for a platform, such as attestations, or beyond what is looked at. */
  others: z.number().int().nonnegative(),
});
export type Image = z.infer<typeof imageSchema>;

const byTag = byRepository.extend({ tag: tagSchema });
const browsing = [...serviceErrors, 'repository_gone', 'registry_unreadable'] as const;

/** What is in a repository of the registry. Looking goes on until `close`. */
export const imagesCalls = {
  tags: call({
    request: byRepository.extend({ after: z.string().max(1024).nullable() }),
    response: tagPageSchema,
    errors: browsing,
  }),
  image: call({ request: byTag, response: imageSchema, errors: [...browsing, 'tag_gone'] }),
  /** Deletes a tag, not what it points to. */
  deleteTag: call({
    request: byTag,
    response: z.undefined(),
    errors: [...browsing, 'tag_gone', 'deletion_off'],
  }),
  /** Copies the command that pulls an image by tag or digest. */
  copyPull: call({
    request: byRepository.extend({
      tool: pullToolSchema,
      reference: z.union([tagSchema, digestSchema]),
      index: z.boolean(),
    }),
    response: z.undefined(),
    errors: ['context_not_found'],
  }),
  copyDigest: call({
    request: z.strictObject({ digest: digestSchema }),
    response: z.undefined(),
  }),
  /** Gives up whatever is still being asked about a repository, and forgets its token. */
  close: call({ request: byRepository, response: z.undefined() }),
};
