import { z } from 'zod';

/** The icons of the pages, by their Lucide names. */
const iconNames = [
  'box',
  'building-complex',
  'check',
  'chevrons-up-down',
  'circle-exclamation-point',
  'circle-check',
  'copy',
  'external-link',
  'folder-git-2',
  'git-branch',
  'info',
  'key-round',
  'log-out',
  'mail',
  'menu',
  'plus',
  'search',
  'settings',
  'terminal',
  'ticket',
  'triangle-exclamation-point',
  'user-check',
  'users',
] as const;

export type IconName = (typeof iconNames)[number];

const iconModule = z.object({
  __iconData: z.object({ node: z.array(z.tuple([z.string(), z.record(z.string(), z.string())])) }),
});

/** All icons as one SVG, each a symbol under its name. They are the library's that the app has too. */
export async function iconSprite(): Promise<string> {
  const symbols = await Promise.all(iconNames.map(symbolOf));
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>`;
}

async function symbolOf(name: IconName): Promise<string> {
  const found: unknown = await import(import.meta.resolve(`lucide-react/icons/${name}`));
  const shapes = iconModule.parse(found).__iconData.node.map(([tag, attributes]) => {
    const drawn = Object.entries(attributes).filter(([attribute]) => attribute !== 'key');
    const written = drawn.map(([attribute, value]) => ` ${attribute}="${value}"`);
    return `<${tag}${written.join('')}/>`;
  });
  return `<symbol id="${name}" viewBox="0 0 24 24">${shapes.join('')}</symbol>`;
}
