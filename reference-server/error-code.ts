/** The code that a database or the system gives an error, such as `SQLITE_NOTADB` or `ECONNREFUSED`. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}
