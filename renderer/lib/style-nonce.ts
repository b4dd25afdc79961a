const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';

// Mantine's dialogs lock scrolling with a library that makes its own style element. It looks for the nonce here.
Object.assign(globalThis, { __webpack_nonce__: nonce });

/** The nonce of this page load. The content security policy requires it on styles made at run time. */
export function styleNonce(): string {
  return nonce;
}
