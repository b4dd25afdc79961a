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

const dockerImage = 'application/vnd.docker.distribution.manifest.v2+json';
const dockerList = 'application/vnd.docker.distribution.manifest.list.v2+json';
const emptyJson = {
  mediaType: 'application/vnd.oci.empty.v1+json',
  digest: 'sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a',
  size: 2,
  data: 'e30=',
};
const child = {
  ...config,
  mediaType: image,
  platform: { architecture: 'arm64', os: 'linux', variant: 'v8' },
};
const imageParts = { config, layers: [config] };
const indexParts = { manifests: [child] };
const types = [
  [image, imageParts],
  [dockerImage, imageParts],
  [index, indexParts],
  [dockerList, indexParts],
] as const;

/** Of a document that is written as it is. */
function textRefusal(mediaType: string, text: string | Buffer): string {
  try {
    parseManifest(Buffer.from(text), mediaType);
  } catch (error) {
    return (error as Error).message;
  }
  return 'taken';
}

describe.each(types)('a document of the type %s', (mediaType, parts) => {
  const whole = JSON.stringify({ schemaVersion: 2, mediaType, ...parts });
  const list = 'layers' in parts ? 'layers' : 'manifests';
  const withSize = (size: string) => whole.replaceAll('"size":1', `"size":${size}`);
  const change = (fields: object) => JSON.stringify({ ...(JSON.parse(whole) as object), ...fields });
  const withPart = (fields: object) => {
    const [part] = 'layers' in parts ? parts.layers : parts.manifests;
    return change({ [list]: [{ ...part, ...fields }] });
  };

  it.each([
    ['as it is', whole],
    ['with spaces and a line end', `${JSON.stringify(JSON.parse(whole), null, 3)}\n`],
    ['with fields of its own', change({ 'x-extra': { size: 1.5, Layers: [1e3, null] }, more: null })],
    ['with fields of its own in a part', withPart({ 'x-extra': 1.5 })],
    ['without parts', change({ [list]: [] })],
    ['without parts, as programs in Go write it', change({ [list]: null })],
    ['about another one', change({ subject: { ...config, mediaType: image }, artifactType: 'a/b' })],
    ['with an artifact type that is empty', change({ artifactType: '' })],
    ['with null for what may be left out', change({ annotations: null, subject: null, artifactType: null })],
    ['with annotations', change({ annotations: { 'a.b': 'c', A: '', a: '' } })],
    [
      'with addresses and annotations in a part',
      withPart({ urls: ['https://a.example/b'], annotations: {} }),
    ],
    ['with addresses that are null', withPart({ urls: null })],
    ['with a type that has parameters', withPart({ mediaType: 'text/plain; charset=utf-8' })],
    ['with a type of many signs', withPart({ mediaType: 'application/vnd.a_b.c-d+e!#$&^.v1.tar+gzip' })],
    ['with an embedded part', withPart(emptyJson)],
    ['with a sha512', withPart({ digest: `sha512:${'a'.repeat(128)}` })],
    ['with the largest size', withSize(String(Number.MAX_SAFE_INTEGER))],
  ])('is taken %s', (_what, text) => {
    expect(textRefusal(mediaType, text)).toBe('taken');
  });

  it.each([
    ['begins with a byte order mark', `\ufeff${whole}`],
    ['in UTF-8', Buffer.from(`\ufeff${whole}`, 'utf16le')],
    ['in UTF-8', Buffer.from(whole.replace('{', '{"\u00e9":1,'), 'latin1')],
    ['is not JSON', `${whole}}`],
    ['is not JSON', whole.replaceAll('"', "'")],
    ['is nested too deeply', change({ x: JSON.parse('['.repeat(70) + ']'.repeat(70)) as unknown })],
    ['has the field "schemaVersion" twice', whole.replace('{', `{"schemaVersion":2,`)],
    ['has the field "size" twice', whole.replaceAll('"size":1', '"size":1,"size":1')],
    ['has the field "y" twice', whole.replaceAll('"size":1', '"size":1,"x":{"y":1,"y":2}')],
    ...['1e0', '1.0', '10e-1', '-0', '1.5', '-1', '"1"', 'null', 'true', '[1]', '1e400'].map((size) => [
      'size',
      withSize(size),
    ]),
    ...['9223372036854775808', '18446744073709551616', '9'.repeat(400)].map((size) => [
      'size',
      withSize(size),
    ]),
    ...['2.0', '2e0', '"2"', '1', '3', 'null'].map((version) => [
      '"schemaVersion" must be 2',
      whole.replace('"schemaVersion":2', `"schemaVersion":${version}`),
    ]),
    ['"schemaVersion" must be 2', change({ schemaVersion: undefined })],
    [`"${list}" is missing`, change({ [list]: undefined })],
    [`"${list}" must be a list`, change({ [list]: {} })],
    [`"${list}.0" must be an object`, change({ [list]: ['x'] })],
    [`"${list}.0" must be an object`, change({ [list]: [null] })],
    ...['mediaType', 'digest', 'size'].map((name) => [
      `${name}" is missing`,
      withPart({ [name]: undefined }),
    ]),
    ...[
      ...['sha256:abc', `sha256:${'A'.repeat(64)}`, `sha256:${'a'.repeat(65)}`, `md5:${'a'.repeat(32)}`],
      ...[`sha512:${'a'.repeat(64)}`, 'a'.repeat(64), '', `sha256:${'a'.repeat(64)} `],
    ].map((digest) => ['digest" must be a sha256 or sha512 digest', withPart({ digest })]),
    ...['', 'json', 'a/', '/b', 'a b/c', 'a/b/c', `a/${'b'.repeat(128)}`, 'a/b\u00e9'].map((type) => [
      'must be a media type',
      withPart({ mediaType: type }),
    ]),
    ['artifactType', change({ artifactType: 'signature' })],
    ['artifactType', change({ artifactType: 7 })],
    ['annotations', change({ annotations: { a: 1 } })],
    ['annotations', withPart({ annotations: [] })],
    ['subject', change({ subject: 'x' })],
    ['subject.size', change({ subject: { ...config, size: undefined } })],
    ['urls', withPart({ urls: 'https://a.example' })],
    ['urls', withPart({ urls: [1] })],
    ['platform', withPart({ platform: 'linux/amd64' })],
    ['platform.os', withPart({ platform: { architecture: 'amd64' } })],
    ['data', withPart({ ...emptyJson, data: 'e30' })],
    ['data', withPart({ ...emptyJson, data: 'e31=' })],
    ['data', withPart({ ...emptyJson, size: 3 })],
    ['other capitals', change({ SchemaVersion: 2 })],
    ['other capitals', change({ [list.toUpperCase()]: [] })],
    ['other capitals', change({ 'annotation\u017f': {} })],
    ['other capitals', withPart({ Size: 1 })],
    ['fsLayers', change({ fsLayers: [] })],
    ['history', change({ history: [] })],
    ['form of its media type', '[]'],
    ['form of its media type', 'null'],
    ['mediaType', change({ mediaType: 7 })],
    ['another media type', change({ mediaType: 'application/vnd.oci.image.manifest.v2+json' })],
  ] as [words: string, text: string | Buffer][])('is refused: %s', (words, text) => {
    expect(textRefusal(mediaType, text)).toContain(words);
  });

  it('of the other shape is refused', () => {
    const others = list === 'layers' ? indexParts : imageParts;
    expect(textRefusal(mediaType, JSON.stringify({ schemaVersion: 2, mediaType, ...others }))).not.toBe(
      'taken',
    );
    expect(textRefusal(mediaType, change(others))).not.toBe('taken');
  });

  it(`names its type itself, or is ${mediaType.includes('docker') ? 'refused' : 'taken'}`, () => {
    const words = mediaType.includes('docker') ? 'must name its type in mediaType' : 'taken';
    expect(textRefusal(mediaType, change({ mediaType: undefined }))).toContain(words);
  });
});

it('an index may list contents that are no manifests, as BuildKit keeps its cache', () => {
  const cache = { ...config, mediaType: 'application/vnd.buildkit.cacheconfig.v0' };
  const document = Buffer.from(
    JSON.stringify({ schemaVersion: 2, mediaType: index, manifests: [child, cache] }),
  );
  const { digest, size } = config;
  expect(parseManifest(document, index).references).toEqual({
    blobs: [{ digest, size }],
    manifests: [{ digest, size }],
  });
});
