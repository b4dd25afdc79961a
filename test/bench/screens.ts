const field = 'document.activeElement';

/** What is in the field that has the focus. */
export const fieldValue = `${field}.value`;

/** True in the page once the unlock screen is up, and its passphrase field is laid out, enabled and has the focus. */
export const unlockReady = [
  `document.documentElement.dataset.ready === 'unlock'`,
  `${field} instanceof HTMLInputElement && ${field}.type === 'password'`,
  `!${field}.disabled && ${field}.getBoundingClientRect().height > 0`,
].join(' && ');

/** True in the blank app's page; Electron navigates to the file from an empty first document, which does not count. */
export const blankReady = `document.readyState === 'complete' && location.protocol === 'file:'`;
