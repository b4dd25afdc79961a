import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

/** What an image is made of. */
export interface OciLayoutOptions {
  /** Tag inside the layout; `latest` without one. */
  name?: string;
  /** Contents by path in the image. Paths are relative and at most 100 bytes long. */
  files: Readonly<Record<string, string | Uint8Array>>;
  /** With several, the layout's tag is an image index with one manifest for each. `['amd64']` without any. */
  architectures?: readonly string[];
}

/** A piece of content as OCI documents point to it. */
interface OciDescriptor {
  mediaType: string;
  digest: string;
  /** In bytes. */
  size: number;
}

/** What was written. */
export interface OciLayout {
  /** How skopeo names it: `oci:<folder>:<name>`. */
  reference: string;
  /** What the tag points to: a manifest, or an index when there are several architectures. */
  root: OciDescriptor;
  /** One per architecture. */
  manifests: OciDescriptor[];
  /** The one layer that all architectures share. */
  layer: OciDescriptor;
}

const mediaTypes = {
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  index: 'application/vnd.oci.image.index.v1+json',
};

/**
 * Writes a small image as an OCI image layout (image specification 1.1), without any network. On one machine the same options always
 * give the same bytes, so digests can be compared.
 *
 * @param folder - Made if it is not there.
 */
export async function writeOciLayout(folder: string, options: OciLayoutOptions): Promise<OciLayout> {
  const { name = 'latest', files, architectures = ['amd64'] } = options;
  await mkdir(path.join(folder, 'blobs', 'sha256'), { recursive: true });
  const tar = tarOf(files);
  const layer = await writeBlob(folder, mediaTypes.layer, gzipSync(tar));
  const manifests: OciDescriptor[] = [];
  for (const architecture of architectures) {
    manifests.push(await writeImage(folder, architecture, layer, sha256(tar)));
  }
  const [only] = manifests;
  const root =
    manifests.length === 1 && only !== undefined ? only : await writeIndex(folder, manifests, architectures);
  await writeJson(path.join(folder, 'oci-layout'), { imageLayoutVersion: '1.0.0' });
  await writeJson(path.join(folder, 'index.json'), {
    schemaVersion: 2,
    manifests: [{ ...root, annotations: { 'org.opencontainers.image.ref.name': name } }],
  });
  return { reference: `oci:${folder}:${name}`, root, manifests, layer };
}

async function writeImage(
  folder: string,
  architecture: string,
  layer: OciDescriptor,
  diffId: string,
): Promise<OciDescriptor> {
  const config = await writeBlob(
    folder,
    mediaTypes.config,
    json({ architecture, os: 'linux', config: {}, rootfs: { type: 'layers', diff_ids: [diffId] } }),
  );
  const manifest = { schemaVersion: 2, mediaType: mediaTypes.manifest, config, layers: [layer] };
  return writeBlob(folder, mediaTypes.manifest, json(manifest));
}

async function writeIndex(
  folder: string,
  manifests: readonly OciDescriptor[],
  architectures: readonly string[],
): Promise<OciDescriptor> {
  const entries = manifests.map((manifest, at) => ({
    ...manifest,
    platform: { architecture: architectures[at], os: 'linux' },
  }));
  return writeBlob(
    folder,
    mediaTypes.index,
    json({ schemaVersion: 2, mediaType: mediaTypes.index, manifests: entries }),
  );
}

async function writeBlob(folder: string, mediaType: string, content: Uint8Array): Promise<OciDescriptor> {
  const digest = sha256(content);
  await writeFile(path.join(folder, 'blobs', 'sha256', digest.slice('sha256:'.length)), content);
  return { mediaType, digest, size: content.length };
}

async function writeJson(file: string, value: unknown): Promise<void> {
  await writeFile(file, json(value));
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

/** The digest of some bytes as OCI writes it. */
export function sha256(content: Uint8Array): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

/** A ustar archive (POSIX.1-1988) of plain files, all from 1970 and owned by root. */
function tarOf(files: OciLayoutOptions['files']): Buffer {
  const parts: Buffer[] = [];
  for (const [name, content] of Object.entries(files)) {
    const bytes = Buffer.from(content);
    parts.push(tarHeader(name, bytes.length), bytes, Buffer.alloc(-bytes.length & 511));
  }
  return Buffer.concat([...parts, Buffer.alloc(1024)]);
}

function tarHeader(name: string, size: number): Buffer {
  if (Buffer.byteLength(name) > 100) throw new Error(`The path ${name} is too long for this archive.`);
  const header = Buffer.alloc(512);
  const octal = (value: number, at: number, length: number) =>
    header.write(value.toString(8).padStart(length - 1, '0'), at);
  header.write(name, 0);
  octal(0o644, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(0, 136, 12);
  header.write('        0', 148);
  header.write('ustar\u000000root', 257);
  header.write('root', 297);
  octal(
    header.reduce((sum, byte) => sum + byte, 0),
    148,
    7,
  );
  header[154] = 0;
  return header;
}
