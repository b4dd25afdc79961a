import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { errorText } from '../../lib/error-text.ts';
import { shortDigest } from '../../lib/format.ts';
import { PickList, type PickListKind } from '../../ui/pick-list.tsx';
import { aboutImage, sizeWords } from './image-words.ts';
import css from './images.module.css';
import { imageQuery } from './queries.ts';

const kind: PickListKind<string> = {
  noun: 'tags',
  noMatch: 'No tag has that in its name.',
  rowHeight: 48,
  idOf: (tag) => tag,
  wordsOf: (tag) => [tag],
};

interface TagListProps {
  contextId: string;
  repository: string;
  /** Null while they are being read. */
  tags: readonly string[] | null;
  /** The one that was looked at last. */
  current: string | null;
  onOpen: (tag: string) => void;
}

/** Finds one of any number of tags. */
export function TagList({ contextId, repository, tags, current, onOpen }: TagListProps): ReactNode {
  return (
    <PickList kind={kind} items={tags} current={current} tall onChoose={onOpen}>
      {(tag, scrolls) => <TagRow contextId={contextId} repository={repository} tag={tag} paused={scrolls} />}
    </PickList>
  );
}

interface TagRowProps extends Pick<TagListProps, 'contextId' | 'repository'> {
  tag: string;
  /** Nothing new is asked of the registry: the row may be gone in a moment. */
  paused: boolean;
}

function TagRow({ contextId, repository, tag, paused }: TagRowProps): ReactNode {
  const { data: image, error } = useQuery({
    ...imageQuery(contextId, repository, tag),
    enabled: !paused,
  });
  return (
    <span className={css['row']}>
      <span className={css['names']}>
        <span className={css['tag']} title={tag}>
          {tag}
        </span>{' '}
        <span className={css['about']}>
          {image === undefined ? (error === null ? '…' : errorText(error.code).title) : aboutImage(image)}
        </span>
      </span>{' '}
      <span className={`kh-tabular ${css['size'] ?? ''}`}>{image && sizeWords(image)}</span>{' '}
      <code className={css['digest']} title={image?.digest}>
        {image && shortDigest(image.digest)}
      </code>
    </span>
  );
}
