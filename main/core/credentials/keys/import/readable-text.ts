/**
 * A file's text, as far as it is Latin, which keys are: UTF-8, and UTF-16 and UTF-32 as Windows writes them, whose
 * letters are ASCII with zeros between. Without marks of byte order and what else has no width, and with common
 * spaces for those that cannot be told from them.
 */
export function textOf(bytes: Buffer): string {
  return bytes
    .toString('utf8')
    .replaceAll(/[\p{Cf}\p{Mn}\0\ufffd]/gu, '')
    .replaceAll(/\p{Z}/gu, ' ');
}

/** The text that a literal of JSON, of a shell or of a variable stands for: `\n` a line's end, `\/` a slash. */
export function unescaped(text: string): string {
  return text
    .replaceAll(/\\{1,8}u00([0-9a-fA-F]{2})/g, (_all, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    )
    .replaceAll(/\\{1,8}[rn]/g, '\n')
    .replaceAll(/\\{1,8}\//g, '/');
}

/** The bytes of base64, plain or base64url, padded or not, whatever blanks are in it; null when it is none. */
export function base64Bytes(text: string): Buffer | null {
  const digits = text.replaceAll(/\s+/g, '');
  const isBase64 = /^[A-Za-z0-9+/_-]*={0,2}$/.test(digits) && digits.replace(/=+$/, '').length % 4 !== 1;
  return isBase64 ? Buffer.from(digits, 'base64') : null;
}

/** The texts with PEM blocks that stand in base64 inside another text, as Kubernetes and variables hold them. */
export function framesInBase64(text: string): string {
  // In base64: `-----BEGIN`.
  const found = text.match(/LS0tLS1CRUdJTi[A-Za-z0-9+/_\s-]+/g) ?? [];
  return found.map((digits) => Buffer.from(digits, 'base64').toString('utf8')).join('\n');
}
