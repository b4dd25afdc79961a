import { z } from 'zod';

/** The forms of API that the server speaks, each under its own addresses, for the same users and repositories. */
export const serverDialects = ['keyhold', 'kisenon', 'artifact-keeper', 'tkeeper'] as const;
export type ServerDialect = (typeof serverDialects)[number];

/** Those that are switched on. */
export const dialectsSchema = z.array(z.enum(serverDialects)).min(1);
