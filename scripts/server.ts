/** The reference server for as long as whoever started it lives. Usage: npm run server -- --help */
import './end-with-starter.mjs';

await import('../reference-server/cli.ts');
