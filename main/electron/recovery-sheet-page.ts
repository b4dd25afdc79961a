import { encode } from 'uqr';
import type { RecoverySheet } from '../core/ports.ts';
import type { AppFont } from './app-fonts.ts';

/** Size of the page in CSS pixels, as it is seen in a picture. */
export const sheetSize = { width: 720, height: 840 } as const;

const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric' });

const styles = `
  @page { margin: 18mm; }
  * { box-sizing: border-box; margin: 0; padding: 0; }
  html { background: #ddd; color: #1a1d23; font: 14px/1.5 'Inter Variable', Inter, system-ui, sans-serif; }
  html[data-fonts='loaded'] { background: #fff; }
  body { width: ${sheetSize.width}px; padding: 40px; }
  @media print { body { width: auto; padding: 0; } }
  header { display: flex; align-items: center; gap: 12px; margin-bottom: 28px; }
  header svg { flex: none; width: 34px; height: 34px; }
  h1 { font-size: 22px; font-weight: 600; letter-spacing: -0.01em; line-height: 1.2; }
  .made { color: #5b6270; }
  .lead { max-width: 60ch; margin-bottom: 24px; }
  .box { display: flex; align-items: center; gap: 32px; padding: 28px; border: 1.5px solid #1a1d23;
         border-radius: 10px; margin-bottom: 28px; }
  .qr { flex: none; width: 180px; height: 180px; }
  .label { color: #5b6270; margin-bottom: 10px; }
  .code { font: 600 21px/1.75 'JetBrains Mono Variable', 'DejaVu Sans Mono', 'Liberation Mono', Menlo, Consolas,
          monospace; }
  .code span { display: block; white-space: nowrap; }
  h2 { font-size: 15px; font-weight: 600; margin-bottom: 8px; }
  ol, ul { padding-left: 20px; margin-bottom: 20px; }
  li { margin-bottom: 4px; max-width: 66ch; }
`;

const mark = `<svg viewBox="0 0 32 32" fill="none" stroke="#4557d6" stroke-width="2.75" stroke-linecap="round">
  <path d="M20.9 4.4A12.5 12.5 0 1 0 27.6 11.1"/><circle cx="12.6" cy="19.4" r="4.1"/>
  <path d="M15.6 16.4 27 5M21.4 10.6l3.2 3.2" stroke-linejoin="round"/></svg>`;

/** A QR code as a picture of squares. Nothing in it but what `encode` says is dark. */
function qrPicture(text: string): string {
  const { data, size } = encode(text, { ecc: 'M', border: 2 });
  const squares = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])));
  return `<svg class="qr" viewBox="0 0 ${size} ${size}" shape-rendering="crispEdges" role="img"
    aria-label="The recovery code as a QR code"><path fill="#fff" d="M0 0h${size}v${size}H0z"/><path
    fill="#000" d="${squares.join('')}"/></svg>`;
}

/** The code in three lines of three groups, as it is typed. */
function codeLines(code: string): string {
  const groups = code.split('-');
  const lines = [groups.slice(0, 3), groups.slice(3, 6), groups.slice(6)];
  return lines.map((line, index) => `<span>${line.join('-')}${index < 2 ? '-' : ''}</span>`).join('');
}

function fontRule({ family, path }: AppFont): string {
  return `@font-face{font-family:'${family}';font-weight:100 900;src:url('${path}') format('woff2')}`;
}

/**
 * The recovery sheet as a page without scripts.
 * @param sheet its code has letters, digits and hyphens only, so that nothing in the page needs to be escaped
 * @param nonce what the content security policy asks of style elements
 */
export function recoverySheetPage(sheet: RecoverySheet, fonts: readonly AppFont[], nonce: string): string {
  if (!/^[0-9A-Z-]+$/.test(sheet.code)) throw new Error('not a recovery code');
  const made = day.format(new Date(sheet.madeAt));
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Keyhold recovery code</title>
<style nonce="${nonce}">${fonts.map(fontRule).join('')}${styles}</style></head>
<body>
<header>${mark}<div><h1>Keyhold recovery code</h1><p class="made">Made on ${made}</p></div></header>
<p class="lead">Whoever has this code and the vault file can open the vault. Keep it where you keep things that must
not get lost: not on this computer, and not in a place that others can see.</p>
<div class="box">${qrPicture(sheet.code)}<div><p class="label">Recovery code</p>
<p class="code">${codeLines(sheet.code)}</p></div></div>
<h2>When you have forgotten the passphrase</h2>
<ol><li>Start Keyhold. At the unlock screen choose “Forgot passphrase?”.</li>
<li>Type the code. Capital letters, hyphens and spaces do not matter; O counts as 0, and I and L as 1.</li>
<li>Choose a new passphrase. The vault opens with all its keys.</li></ol>
<h2>Good to know</h2>
<ul><li>The code stays valid until you make a new one, remove it, or re-key the vault.</li>
<li>It opens this vault only. Nobody can make it again for you, Keyhold’s developers included.</li></ul>
</body></html>`;
}
