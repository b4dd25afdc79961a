import { describe, expect, it } from 'vitest';
import { parseManifest } from '../../../../reference-server/registry/manifest-document.ts';

const image = 'application/vnd.oci.image.manifest.v1+json';
const index = 'application/vnd.oci.image.index.v1+json';
const config = { mediaType: 'a/b', digest: `sha256:${'0'.repeat(64)}`, size: 1 };

/** The most that fits into a manifest. */
const wrongElements = Array<number>(2_000_000).fill(0);

function refusal(type: string, document: unknown): string {
  try {
    parseManifest(Buffer.from(JSON.stringify({ schemaVersion: 2, ...(document as object) })), type);
  } catch (error) {
    return (error as Error).message;
  }
  return 'taken';
}

describe('a manifest that is wrong in a million places is refused as a whole, for each fault would take memory:', () => {
  it.each([
    ['layers', image, { config, layers: wrongElements }, '"layers" must have at most 10000 entries'],
    [
      'images of an index',
      index,
      { manifests: wrongElements },
      '"manifests" must have at most 10000 entries',
    ],
    [
      'annotations',
      index,
      { manifests: [], annotations: { a: 1, b: 2 } },
      '"annotations" must be names with texts',
    ],
    ['a list of annotations', index, { manifests: [], annotations: ['a'] }, '"annotations" must be names'],
  ])('%s', (_name, type, document, words) => {
    expect(refusal(type, document)).toContain(words);
  });

  it('and what is within the bound is taken', () => {
    const layers = Array<typeof config>(10_000).fill(config);
    expect(refusal(image, { config, layers, annotations: { a: 'b' } })).toBe('taken');
    expect(refusal(image, { config, layers: [...layers, config] })).toContain('at most 10000');
  });
});
