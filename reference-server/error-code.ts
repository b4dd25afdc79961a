/** What a database or the system calls an error, such as `SQLITE_NOTADB` or `ECONNREFUSED`. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}
