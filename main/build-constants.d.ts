/** Replaced by the build: whether out/native holds a better-sqlite3 made for this runtime (scripts/build.ts). */
declare const OWN_SQLITE_BINDING: boolean;
