// `npm run dev`: see dev.ts. Plain JavaScript, since nothing may be installed yet.
import { runTool } from './bootstrap.mjs';

runTool('dev.ts', process.argv.slice(2));
