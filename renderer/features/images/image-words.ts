import type { Image } from '../../../contracts/ipc/images.ts';
import { bytesText, counted } from '../../lib/format.ts';

const order = new Intl.Collator('en', { numeric: true });

/** Tags as people look for them: `latest`, then the highest version first. */
export function newestFirst(tags: readonly string[]): string[] {
  return tags.toSorted((one, other) => {
    if (one === 'latest' || other === 'latest') return one === 'latest' ? -1 : 1;
    return order.compare(other, one);
  });
}

const kinds: Readonly<Record<Image['kind'], string>> = {
  image: 'Image',
  index: 'Index',
  artifact: 'Artifact',
};

/** What a tag stands for, in a line: its kind and platforms. */
export function aboutImage({ kind, platforms }: Image): string {
  const names = platforms.map(({ name }) => name ?? 'unnamed');
  const [first, second, ...more] = names;
  const shown = [first, second].filter((name) => name !== undefined).join(', ');
  const rest = more.length === 0 ? '' : ` and ${String(more.length)} more`;
  return shown === '' ? kinds[kind] : `${kinds[kind]} · ${shown}${rest}`;
}

/** `118 MB`; of an index the smallest and greatest of its images. */
export function sizeWords({ size, platforms }: Image): string {
  if (size !== null) return bytesText(size);
  const sizes = platforms.map((platform) => platform.size).filter((each) => each !== null);
  if (sizes.length === 0) return '–';
  const [least, most] = [bytesText(Math.min(...sizes)), bytesText(Math.max(...sizes))];
  return least === most ? least : `${least} – ${most}`;
}

/** The kind; of an index how much it holds. */
export function kindWords({ kind, platforms, others }: Image): string {
  if (kind !== 'index') return kinds[kind];
  const more = others === 0 ? '' : ` and ${counted(others, 'other entry', 'other entries')}`;
  return `Index of ${counted(platforms.length, 'image')}${more}`;
}
