// `npm test`: see test-entry.ts. Plain JavaScript, since nothing may be installed yet.
import { runTool } from './bootstrap.mjs';

runTool('test-entry.ts', process.argv.slice(2));
