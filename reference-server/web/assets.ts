import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { iconSprite } from './icons.ts';

/** A file that the pages load. */
export interface Asset {
  name: string;
  type: string;
  content: Buffer;
  /** Changes with the content. */
  version: string;
}

const ownFolder = join(import.meta.dirname, 'assets');
const tokens = join(import.meta.dirname, '../../contracts/design/tokens.css');
/** In the order in which they hold. */
const styles = ['base', 'controls', 'parts', 'picker', 'page', 'shell'];
const fonts = ['@fontsource-variable/inter', '@fontsource-variable/jetbrains-mono'].map((name) =>
  dirname(fileURLToPath(import.meta.resolve(`${name}/package.json`))),
);

/** All that the pages load: small, and held in memory. */
export const assets: readonly Asset[] = [
  asset('style.css', 'text/css; charset=utf-8', await styleSheet()),
  ...(await scripts()),
  asset('icon.svg', 'image/svg+xml', await readFile(join(ownFolder, 'icon.svg'))),
  asset('chevron.svg', 'image/svg+xml', await readFile(join(ownFolder, 'chevron.svg'))),
  asset('icons.svg', 'image/svg+xml', Buffer.from(await iconSprite())),
  ...(await fontFiles()),
];

const addresses = new Map(
  assets.map(({ name, version }) => [name, `/assets/${name}?v=${version.slice(0, 12)}`]),
);

/**
 * The address of an asset, another one once its content is another: a page never gets an older version's style.
 *
 * @throws Error when there is no such asset.
 */
export function assetAddress(name: string): string {
  const address = addresses.get(name);
  if (address === undefined) throw new Error(`The pages have no asset ${name}.`);
  return address;
}

function asset(name: string, type: string, content: Buffer): Asset {
  return { name, type, content, version: createHash('sha256').update(content).digest('base64url') };
}

/** Fonts, the tokens that the app has too, and the pages' own rules, as one sheet. */
async function styleSheet(): Promise<Buffer> {
  const files = [
    ...fonts.map((folder) => join(folder, 'wght.css')),
    tokens,
    ...styles.map((name) => join(ownFolder, 'style', `${name}.css`)),
  ];
  return Buffer.concat(await Promise.all(files.map((file) => readFile(file))));
}

async function scripts(): Promise<Asset[]> {
  const names = (await readdir(ownFolder)).filter((name) => name.endsWith('.js'));
  return Promise.all(
    names.map(async (name) =>
      asset(name, 'text/javascript; charset=utf-8', await readFile(join(ownFolder, name))),
    ),
  );
}

/** What the fonts' own style sheets ask for, by the names they give it. */
async function fontFiles(): Promise<Asset[]> {
  const found = await Promise.all(
    fonts.map(async (folder) => {
      const sheet = await readFile(join(folder, 'wght.css'), 'utf8');
      const names = [...sheet.matchAll(/url\(\.\/(files\/[\w-]+\.woff2)\)/g)].map(([, name = '']) => name);
      return Promise.all(
        names.map(async (name) => asset(name, 'font/woff2', await readFile(join(folder, name)))),
      );
    }),
  );
  return found.flat();
}
