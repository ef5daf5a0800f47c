// `npm start`: see start.ts. Plain JavaScript, since nothing may be installed yet.
import { runTool } from './bootstrap.mjs';

runTool('start.ts', process.argv.slice(2));
