import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { keyhold, valueOf } from '../../lib/api.ts';

/** A page that comes after nothing shows the list any more is dropped; main stops reading then, too. */
export const tagsQuery = (contextId: string, repository: string) =>
  infiniteQueryOptions({
    queryKey: ['tags', contextId, repository],
    queryFn: async ({ pageParam, signal }) => {
      const page = await valueOf(keyhold().images.tags({ contextId, repository, after: pageParam }));
      signal.throwIfAborted();
      return page;
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
  });

/** Of all images of a repository that were looked at. */
export const imagesKey = (contextId: string, repository: string) =>
  ['images', contextId, repository] as const;

/** Asked once while its repository is looked at, however often it comes into sight. */
export const imageQuery = (contextId: string, repository: string, tag: string) =>
  queryOptions({
    queryKey: [...imagesKey(contextId, repository), tag],
    queryFn: async ({ signal }) => {
      const image = await valueOf(keyhold().images.image({ contextId, repository, tag }));
      signal.throwIfAborted();
      return image;
    },
    staleTime: Infinity,
    retryOnMount: false,
  });
