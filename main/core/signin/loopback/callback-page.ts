import { hash } from 'node:crypto';
import type { LoopbackAnswer } from '../../ports/loopback.ts';

/** What a browser is told that comes to the listener. */
export type CallbackWords = 'received' | 'denied' | 'over' | 'late' | 'not_ours' | 'not_found';

const pages: Readonly<Record<CallbackWords, { status: number; title: string; text: string }>> = {
  received: {
    status: 200,
    title: 'You can close this window',
    text: 'Keyhold has the answer and goes on by itself.',
  },
  denied: {
    status: 200,
    title: 'You can close this window',
    text: 'You did not let Keyhold sign in. Nothing was changed.',
  },
  over: {
    status: 200,
    title: 'You can close this window',
    text: 'Keyhold has had an answer already. This one does nothing.',
  },
  late: {
    status: 410,
    title: 'Keyhold waits no longer',
    text: 'Go back to Keyhold and sign in again.',
  },
  not_ours: {
    status: 400,
    title: 'This is not the answer that Keyhold waits for',
    text: 'Go back to Keyhold and choose “Open again”.',
  },
  not_found: { status: 404, title: 'There is nothing here', text: 'Go back to Keyhold.' },
};

/** Colours of the app's window, light and dark; no other file. */
const style = `
:root{color-scheme:light dark;font:16px/1.5 Inter,system-ui,sans-serif}
body{margin:0;min-height:100vh;display:grid;place-items:center;background:light-dark(#fff,#101113);color:light-dark(#1a1d23,#e4e6eb)}
main{max-width:26rem;padding:2rem;text-align:center}
h1{font-size:1.375rem;line-height:1.3;margin:0 0 .5rem}
p{margin:0;color:light-dark(#5b6270,#9aa1ad)}`;

const headers = {
  'content-type': 'text/html; charset=utf-8',
  // The address has the code in it: nothing is to be told of it, and no copy kept.
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${hash('sha256', style, 'base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
};

/** A page of our own: no script, no link, and nothing in it of what was sent. */
export function callbackPage(words: CallbackWords): LoopbackAnswer {
  const { status, title, text } = pages[words];
  const body = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title} – Keyhold</title><style>${style}</style></head>
<body><main><h1>${title}</h1><p>${text}</p></main></body>
</html>
`;
  return { status, headers, body };
}
