/**
 * Draws the tray's pictures into resources/tray/ from the mark of the window. Run it after a change here; the
 * pictures are part of the repository. Usage: node scripts/draw-tray.ts
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { launchChromium } from '../test/support/chromium.ts';

const folder = join(import.meta.dirname, '..', 'resources', 'tray');

/** Line colour and the colour of the dot that says "unlocked". macOS takes the shape and colours it itself. */
const variants = [
  { suffix: 'Template', size: 18, line: '#000000', dot: '#000000' },
  { suffix: '-light', size: 22, line: '#f2f3f5', dot: '#56c98b' },
  { suffix: '-dark', size: 22, line: '#1a1d23', dot: '#17753f' },
] as const;

const states = ['locked', 'unlocked'] as const;

/** The mark in a ring with a gap at its lower right, where the state stands: a full dot or an open one. */
function picture(state: (typeof states)[number], { line, dot }: (typeof variants)[number]): string {
  const stroke = `fill="none" stroke="${line}" stroke-width="2.75" stroke-linecap="round"`;
  const mark =
    state === 'unlocked'
      ? `<circle cx="26" cy="26" r="5.25" fill="${dot}"/>`
      : `<circle cx="26" cy="26" r="3.9" fill="none" stroke="${line}" stroke-width="2.4"/>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" width="100%" height="100%">
    <mask id="gap"><rect width="32" height="32" fill="#fff"/><circle cx="26" cy="26" r="7.25" fill="#000"/></mask>
    <g ${stroke} stroke-linejoin="round" mask="url(#gap)">
      <path d="M20.9 4.4A12.5 12.5 0 1 0 27.6 11.1"/>
      <circle cx="12.6" cy="19.4" r="4.1"/>
      <path d="M15.6 16.4 27 5M21.4 10.6l3.2 3.2"/>
    </g>
    ${mark}
  </svg>`;
}

mkdirSync(folder, { recursive: true });
const browser = await launchChromium();
for (const scale of [1, 2]) {
  const context = await browser.newContext({ deviceScaleFactor: scale });
  const page = await context.newPage();
  for (const variant of variants) {
    for (const state of states) {
      const { size, suffix } = variant;
      await page.setViewportSize({ width: size, height: size });
      await page.setContent(
        `<style>html, body { margin: 0; height: 100%; background: transparent }</style>${picture(state, variant)}`,
      );
      const name = `${state}${suffix}${scale === 2 ? '@2x' : ''}.png`;
      await page.screenshot({ path: join(folder, name), omitBackground: true });
    }
  }
  await context.close();
}
await browser.close();
