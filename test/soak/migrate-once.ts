/** Opens a database, as a server does at its start. Says when it begins and when the schema is up to date. */
import { openDatabase } from '../../reference-server/db/open.ts';

const file = process.argv[2] ?? '';
process.stdout.write('begins\n');
const db = await openDatabase(file);
process.stdout.write('done\n');
await db.destroy();
