import { z } from 'zod';
import { cappedNumber } from '../../contracts/server-api/pages.ts';
import { repositoryNameSchema } from '../../contracts/server-api/primitives.ts';
import { isDigest } from './names.ts';

/** Paths under one repository begin with this; see `foldAddress` for the name's slashes. */
export const repositoryPath = '/v2/:name';

const digestSchema = z.string().refine(isDigest, 'must be sha256: or sha512: and lower-case hex');

/** `/v2/:name/…` */
export const repositoryParams = z.object({ name: repositoryNameSchema });
/** `…/blobs/:digest` */
export const blobParams = repositoryParams.extend({ digest: digestSchema });
/** `…/blobs/uploads/:upload` */
export const uploadParams = repositoryParams.extend({ upload: z.string() });
/** `…/manifests/:reference`; tags and digests are told apart by the handlers, for GET answers a bad tag with 404. */
export const manifestParams = repositoryParams.extend({ reference: z.string() });

/** What may be asked of a new upload: to be complete with this request, or to be another repository's blob. */
export const beginQuery = z.object({
  digest: digestSchema.optional(),
  mount: z.string().optional(),
  from: z.string().optional(),
  /** Of the digest that will be claimed at the end, so that it can be proved without reading the blob once more. */
  'digest-algorithm': z.enum(['sha256', 'sha512'], 'must be sha256 or sha512').optional(),
});
/** What ends an upload. */
export const finishQuery = z.object({ digest: digestSchema });

/** What a manifest that is pushed by digest is tagged with: `tag` as often as there are tags. */
export const pushQuery = z.object({
  tag: z
    .union([z.string(), z.array(z.string())])
    .default([])
    .transform((value) => [value].flat()),
});

const defaultPage = 1000;
/** One page of tags: at most `n` behind `last`. */
export const tagsQuery = z.object({
  n: cappedNumber(0, defaultPage).default(defaultPage),
  last: z.string().default(''),
});

/** Each entry costs a look at the caller's rights. */
const catalogPage = { usual: 100, most: 500 };
/** One page of repositories: at most `n` behind `last`. */
export const catalogQuery = z.object({
  n: cappedNumber(0, catalogPage.most).default(catalogPage.usual),
  last: z.string().default(''),
});

/** Which referrers: of one type, behind the last one of the page before. */
export const referrersQuery = z.object({
  artifactType: z.string().min(1).optional(),
  last: z.string().default(''),
});

/** Answer of `GET …/tags/list`. */
export const tagsAnswer = z.object({ name: z.string(), tags: z.array(z.string()) });

/** Answer of `GET /v2/_catalog`. */
export const catalogAnswer = z.object({ repositories: z.array(z.string()) });
