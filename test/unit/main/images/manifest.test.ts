import { describe, expect, it } from 'vitest';
import { digestOf, readConfig, readManifest } from '../../../../main/core/images/manifest.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const image = 'application/vnd.oci.image.manifest.v1+json';
const index = 'application/vnd.oci.image.index.v1+json';
const dockerImage = 'application/vnd.docker.distribution.manifest.v2+json';
const dockerList = 'application/vnd.docker.distribution.manifest.list.v2+json';

function descriptor(size: number, mediaType = 'application/vnd.oci.image.layer.v1.tar+gzip') {
  return { mediaType, digest, size };
}
const config = descriptor(10, 'application/vnd.oci.image.config.v1+json');

function read(mediaType: string, document: unknown) {
  return readManifest(mediaType, typeof document === 'string' ? document : JSON.stringify(document));
}

describe('a manifest', () => {
  it.each([
    [image, 'application/vnd.oci.image.config.v1+json', 'image'],
    [dockerImage, 'application/vnd.docker.container.image.v1+json', 'image'],
    [image, 'application/vnd.oci.empty.v1+json', 'artifact'],
  ])('of type %s with a configuration of type %s is an %s', (mediaType, configType, kind) => {
    const document = { config: descriptor(10, configType), layers: [descriptor(7), descriptor(5)] };
    expect(read(mediaType, document)).toMatchObject({ kind, size: 22, createdAt: null });
  });

  it('has no layers, or no images, also where a program wrote null for an empty list', () => {
    expect(read(image, { config, layers: null })).toMatchObject({ kind: 'image', size: 10 });
    expect(read(index, { manifests: null })).toMatchObject({ kind: 'index', entries: [] });
  });

  it('says when it was made; the epoch is no time', () => {
    const made = (created: string) => {
      const annotations = { 'org.opencontainers.image.created': created };
      return read(image, { config, layers: [], annotations })?.createdAt;
    };
    expect(made('2026-11-24T08:15:00+01:00')).toBe('2026-11-24T07:15:00.000Z');
    expect(made('1970-01-01T00:00:00Z')).toBeNull();
    expect(made('yesterday')).toBeNull();
  });

  it.each([
    ['no JSON', image, '{"config"'],
    ['nested beyond all sense', image, '['.repeat(200_000)],
    ['another type than it says', image, { mediaType: index, config, layers: [] }],
    ['an unknown type', 'application/json', { config, layers: [] }],
    ['a name that objects have', 'constructor', { config, layers: [] }],
    ['no configuration', image, { layers: [] }],
    ['a negative size', image, { config, layers: [descriptor(-1)] }],
    ['a size beyond any disk', image, { config, layers: [descriptor(2 ** 41)] }],
    ['half a byte', image, { config, layers: [descriptor(0.5)] }],
    ['a bad digest', image, { config: { ...config, digest: 'sha256:../../etc' }, layers: [] }],
    ['too many layers', image, { config, layers: Array.from({ length: 4001 }, () => descriptor(1)) }],
    ['too many images', index, { manifests: Array.from({ length: 1001 }, () => descriptor(1)) }],
    ['no list of images', index, { manifests: 'all' }],
  ])('is not read with %s', (_what, mediaType, document) => {
    expect(read(mediaType, document)).toBeNull();
  });

  it.each([index, dockerList])('of type %s names its images by platform', (mediaType) => {
    const entry = (platform?: Record<string, string>) => ({
      ...descriptor(100, image),
      ...(platform === undefined ? {} : { platform }),
    });
    const manifests = [
      entry({ os: 'linux', architecture: 'amd64' }),
      entry({ os: 'linux', architecture: 'arm', variant: 'v7' }),
      entry({ os: 'unknown', architecture: 'unknown' }),
      entry(),
      entry({ os: 'linux\u202e', architecture: 'amd64' }),
    ];
    const found = read(mediaType, { manifests });
    if (found?.kind !== 'index') throw new Error('no index');
    expect(found.entries.map(({ platform }) => platform)).toEqual([
      'linux/amd64',
      'linux/arm/v7',
      null,
      null,
    ]);
    expect(found.others).toBe(1);
  });
});

describe('a configuration', () => {
  it('says platform and time, or nothing', () => {
    const text = JSON.stringify({ os: 'linux', architecture: 'arm64', created: '2026-11-24T07:15:00Z' });
    expect(readConfig(text)).toEqual({ platform: 'linux/arm64', createdAt: '2026-11-24T07:15:00.000Z' });
    expect(readConfig('null')).toEqual({ platform: null, createdAt: null });
  });
});

describe('a digest', () => {
  it('is SHA-256 unless another one is asked for', () => {
    // Of the empty text: FIPS 180-4.
    expect(digestOf('', null)).toBe(
      'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    );
    expect(digestOf('', 'sha512:x')).toMatch(/^sha512:cf83e1357eefb8bd[a-f0-9]{112}$/);
  });
});
