import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** A font of the window's, for pages which are not built with it. */
export interface AppFont {
  family: string;
  /** Where the app's protocol serves it. */
  path: string;
}

/** The bundled fonts that a page of main's own needs, as the build names their files: Latin, upright. */
const families = [
  { family: 'Inter Variable', file: /^inter-latin-wght-normal-.+\.woff2$/ },
  { family: 'JetBrains Mono Variable', file: /^jetbrains-mono-latin-wght-normal-.+\.woff2$/ },
] as const;

/** The fonts that the build made. */
export function appFonts(outFolder: string): AppFont[] {
  const files = readdirSync(join(outFolder, 'renderer', 'assets'));
  return families.flatMap(({ family, file }) =>
    files.filter((name) => file.test(name)).map((name) => ({ family, path: `/assets/${name}` })),
  );
}
