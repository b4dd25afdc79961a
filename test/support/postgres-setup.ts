import type { TestProject } from 'vitest/node';
import { openDatabase } from '../../reference-server/db/open.ts';
import { databaseAt, findPostgres, runSql, startPostgres, templateDatabase } from './postgres.ts';

/** Starts one PostgreSQL server for all files of a project. */
export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const programs = findPostgres();
  if (programs === null) throw new Error('PostgreSQL is gone since the run began.');
  const { address, stop } = await startPostgres(programs);
  await runSql(databaseAt(address, 'postgres'), `create database ${templateDatabase}`);
  const db = await openDatabase(databaseAt(address, templateDatabase));
  await db.destroy();
  provide('postgres', address);
  return stop;
}
