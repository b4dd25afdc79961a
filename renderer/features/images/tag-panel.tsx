import { useQuery } from '@tanstack/react-query';
import { ArrowLeft } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { Repository } from '../../../contracts/ipc/grants.ts';
import type { Image } from '../../../contracts/ipc/images.ts';
import { bytesText, exactTime, shortDigest } from '../../lib/format.ts';
import { Breakable } from '../../ui/breakable.tsx';
import { Button } from '../../ui/button.tsx';
import { FactList } from '../../ui/fact-list.tsx';
import { LinesSkeleton } from '../../ui/lines-skeleton.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { Item, ItemList, ItemNote, SheetPart } from '../../ui/sheet.tsx';
import { CopyDigest } from './copy-digest.tsx';
import { DeleteTag } from './delete-tag.tsx';
import { kindWords, sizeWords } from './image-words.ts';
import css from './images.module.css';
import { PullSection } from './pull-section.tsx';
import { imageQuery } from './queries.ts';

interface TagPanelProps {
  context: ContextSummary;
  repository: Repository;
  tag: string;
  onBack: () => void;
}

/** One tag: what it stands for, how to pull it, and its end. */
export function TagPanel({ context, repository, tag, onBack }: TagPanelProps): ReactNode {
  const image = useQuery(imageQuery(context.id, repository.name, tag));
  const [deleting, setDeleting] = useState(false);
  if (deleting) {
    return (
      <DeleteTag
        context={context}
        repository={repository.name}
        tag={tag}
        digest={image.data?.digest ?? null}
        onDeleted={onBack}
        onClose={() => setDeleting(false)}
      />
    );
  }
  return (
    <div className="kh-stack" data-gap="5">
      <div>
        <Button
          kind="quiet"
          size="small"
          className={css['back']}
          icon={<ArrowLeft />}
          autoFocus
          onClick={onBack}
        >
          All tags
        </Button>
        <h3 className={css['title']}>
          <Breakable>{tag}</Breakable>
        </h3>
      </div>
      {image.isError && <ErrorNotice error={image.error} retry={() => void image.refetch()} />}
      {image.isPending && <LinesSkeleton lines={5} />}
      {image.data !== undefined && (
        <>
          <FactList facts={factsOf(image.data)} />
          {image.data.kind === 'index' && <Platforms image={image.data} />}
          <PullSection context={context} repository={repository.name} tag={tag} image={image.data} />
        </>
      )}
      {repository.actions.includes('delete') && (
        <div className="kh-row">
          <Button kind="danger" onClick={() => setDeleting(true)}>
            Delete tag…
          </Button>
        </div>
      )}
    </div>
  );
}

function factsOf(image: Image) {
  const { digest, mediaType, kind, createdAt, platforms } = image;
  const [only] = platforms;
  return [
    {
      name: 'Digest',
      value: (
        <span className={css['whole']}>
          <code>{digest}</code>
          <CopyDigest digest={digest} />
        </span>
      ),
    },
    { name: 'Kind', value: kindWords(image) },
    { name: 'Media type', value: <code>{mediaType}</code> },
    { name: kind === 'index' ? 'Size of each' : 'Size', value: sizeWords(image) },
    ...(kind === 'image' ? [{ name: 'Platform', value: only?.name ?? 'Not named' }] : []),
    { name: 'Created', value: createdAt === null ? 'Not said' : exactTime(createdAt) },
  ];
}

function Platforms({ image }: { image: Image }): ReactNode {
  return (
    <SheetPart title="Platforms" level={4}>
      {image.platforms.length === 0 && <p className="kh-dim">The index names no image.</p>}
      {image.platforms.length > 0 && (
        <ItemList label="Platforms">
          {image.platforms.map(({ name, digest, size }, index) => (
            // An index may name one image twice.
            <Item
              key={`${digest} ${String(index)}`}
              name={name ?? 'Not named'}
              notes={
                <ItemNote>
                  <code title={digest}>{shortDigest(digest)}</code>
                </ItemNote>
              }
            >
              <span className="kh-tabular">{size === null ? 'Size unknown' : bytesText(size)}</span>
              <CopyDigest digest={digest} of={name ?? shortDigest(digest)} />
            </Item>
          ))}
        </ItemList>
      )}
    </SheetPart>
  );
}
