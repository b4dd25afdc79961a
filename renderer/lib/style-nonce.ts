const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';

// What Mantine's dialogs lock the scrolling with makes its own style element and looks for the nonce here.
Object.assign(globalThis, { __webpack_nonce__: nonce });

/** The nonce of this page load, which the content security policy asks of styles made at run time. */
export function styleNonce(): string {
  return nonce;
}
