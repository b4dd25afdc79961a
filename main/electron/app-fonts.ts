import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The bundled fonts that a page of main's own needs, as the build names their files: Latin, upright. */
const families = [
  { family: 'Inter Variable', file: /^inter-latin-wght-normal-.+\.woff2$/ },
  { family: 'JetBrains Mono Variable', file: /^jetbrains-mono-latin-wght-normal-.+\.woff2$/ },
] as const;

/** CSS rules that name the window's fonts, for pages which are not built with it. */
export function fontRules(outFolder: string): string {
  const files = readdirSync(join(outFolder, 'renderer', 'assets'));
  return families
    .flatMap(({ family, file }) => {
      const name = files.find((each) => file.test(each));
      if (name === undefined) return [];
      return [
        `@font-face{font-family:'${family}';font-weight:100 900;src:url('/assets/${name}') format('woff2')}`,
      ];
    })
    .join('');
}
