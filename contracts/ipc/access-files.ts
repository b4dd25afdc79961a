import { z } from 'zod';
import { accessErrors, accessPlaceSchema, preparedChangeSchema } from './access.ts';
import { call } from './define.ts';

/** Why an entry of a file cannot be used. `at` counts entries (lines of a table, without its head) from 1. */
const problemSchema = z.strictObject({
  at: z.number().int(),
  code: z.enum([
    'unreadable',
    'other_organization',
    'nobody',
    'no_repository',
    'unknown_action',
    'end_passed',
    'named_twice',
  ]),
  /** What it is about, as the file has it. */
  text: z.string(),
});
export type GrantFileProblem = z.infer<typeof problemSchema>;

/** Most grants that are read of a file, and most problems that are told of one. */
export const fileGrantsMax = 50_000;
export const fileProblemsMax = 100;

/** The grants of an organization in files: read by people and programs, compared, brought back. */
export const accessFilesCalls = {
  /** Writes all grants that the user may see to a file that the user chooses; null when the user chose none. */
  export: call({
    request: accessPlaceSchema.extend({ format: z.enum(['csv', 'json']) }),
    response: z.strictObject({ fileName: z.string(), grants: z.number().int() }).nullable(),
    errors: [...accessErrors, 'too_many_grants'],
  }),
  /**
   * Compares a file that the user chooses with what there is; null when the user chose none. Nothing is changed: the
   * changes go to the matrix as pending ones.
   */
  compare: call({
    request: accessPlaceSchema,
    response: z
      .strictObject({
        fileName: z.string(),
        /** Grants in the file, and of these as they are already. */
        grants: z.number().int(),
        unchanged: z.number().int(),
        /** What is new or other in the file. */
        changes: z.array(preparedChangeSchema),
        /** What there is beside it, on repositories that the file names. */
        missing: z.array(preparedChangeSchema),
        problems: z.strictObject({ total: z.number().int(), first: z.array(problemSchema) }),
      })
      .nullable(),
    errors: [...accessErrors, 'too_many_grants', 'grant_file_unreadable'],
  }),
};
