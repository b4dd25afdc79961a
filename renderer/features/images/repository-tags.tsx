import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { Tags } from 'lucide-react';
import { useEffect, useMemo, useState, type ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { Repository } from '../../../contracts/ipc/grants.ts';
import { keyhold } from '../../lib/api.ts';
import { counted } from '../../lib/format.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { newestFirst } from './image-words.ts';
import css from './images.module.css';
import { imagesKey, tagsQuery } from './queries.ts';
import { TagList } from './tag-list.tsx';
import { TagPanel } from './tag-panel.tsx';

/** Pages of tags that are read unasked: some thousands of tags. */
const pagesAtOnce = 10;

interface RepositoryTagsProps {
  context: ContextSummary;
  repository: Repository;
}

/** A repository's tags, and one of them with all that is known of it. */
export function RepositoryTags({ context, repository }: RepositoryTagsProps): ReactNode {
  const contextId = context.id;
  const { name } = repository;
  const [opened, setOpened] = useState<string | null>(null);
  const [left, setLeft] = useState<string | null>(null);
  const client = useQueryClient();
  useEffect(
    () => () => {
      void keyhold().images.close({ contextId, repository: name });
      // What was read is read anew next time, and ten thousand tags are not kept until the vault locks.
      client.removeQueries(tagsQuery(contextId, name));
      client.removeQueries({ queryKey: imagesKey(contextId, name) });
    },
    [client, contextId, name],
  );
  const list = useTags(contextId, name);
  if (opened !== null) {
    return (
      <TagPanel
        key={opened}
        context={context}
        repository={repository}
        tag={opened}
        onBack={() => {
          setLeft(opened);
          setOpened(null);
        }}
      />
    );
  }
  if (list.tags === null && list.error !== null) return <ErrorNotice error={list.error} retry={list.again} />;
  if (list.tags?.length === 0) {
    return (
      <EmptyState picture={<Tags />} title="No tags">
        Nothing in {name} has a tag. Push an image with one, and it shows up here.
      </EmptyState>
    );
  }
  return (
    <>
      <div className={css['tags']}>
        <TagList contextId={contextId} repository={name} tags={list.tags} current={left} onOpen={setOpened} />
      </div>
      {list.tags !== null && list.error !== null && <ErrorNotice error={list.error} retry={list.again} />}
      {list.more !== null && list.tags !== null && (
        <div className={css['more']}>
          <p className="kh-dim">{counted(list.tags.length, 'tag')} so far. There are more.</p>
          <Button size="small" onClick={list.more}>
            Read on
          </Button>
        </div>
      )}
    </>
  );
}

interface TagsRead {
  /** Null before the first page. */
  tags: string[] | null;
  error: unknown;
  again: () => void;
  /** Reads on, where it has stopped by itself before the end. */
  more: (() => void) | null;
}

/** Reads page after page, because the search must know all tags. */
function useTags(contextId: string, repository: string): TagsRead {
  const list = useInfiniteQuery(tagsQuery(contextId, repository));
  const [wanted, setWanted] = useState(pagesAtOnce);
  const { data, hasNextPage, isFetching, isError, fetchNextPage } = list;
  const read = data?.pages.length ?? 0;
  const readsOn = hasNextPage && !isFetching && !isError && read < wanted;
  useEffect(() => {
    if (readsOn) void fetchNextPage();
    // `read` too: a page may come between two renders, and `readsOn` would then look unchanged.
  }, [readsOn, read, fetchNextPage]);
  const tags = useMemo(
    () => data && newestFirst([...new Set(data.pages.flatMap((page) => page.tags))]),
    [data],
  );
  return {
    tags: tags ?? null,
    error: list.error,
    again: () => void (data === undefined ? list.refetch() : fetchNextPage()),
    more: hasNextPage && read >= wanted ? () => setWanted(read + pagesAtOnce) : null,
  };
}
