// `node tools/run.mjs NAME [arguments]` runs tools/NAME.ts with the toolchain's own Node; the npm scripts migrate,
// producer, generate and bench use it. Plain JavaScript, since nothing may be installed yet.
import { runTool } from './bootstrap.mjs';

const [name = '', ...args] = process.argv.slice(2);
if (!/^[a-z-]+$/.test(name)) {
  console.error('Usage: node tools/run.mjs NAME [arguments], for a file tools/NAME.ts.');
  process.exit(2);
}
runTool(`${name}.ts`, args);
