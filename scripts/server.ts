/** The reference server for as long as whoever started it lives. Usage: npm run server -- --help */
import { endWithStarter } from './end-with-starter.mjs';

endWithStarter();
await import('../reference-server/cli.ts');
