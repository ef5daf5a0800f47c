// `npm run dev`: the product on 127.0.0.1 in the caller's process group, for developing; `npm start` adds traffic.
import { parseArgs } from 'node:util';
import { credentialsPath, signInLink } from './credentials.ts';
import { defaultPersistFolder } from './migrate.ts';
import { freePort, isPortFree, localAddress } from './ports.ts';
import { prepareFolder } from './prepare.ts';
import { processTree, signal, stillLiving } from './process-tree.ts';
import { onStopSignal } from './stop-signal.ts';
import { spawnWranglerDev } from './wrangler-dev.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '8787' },
    'persist-to': { type: 'string', default: defaultPersistFolder },
  },
});
const port = Number(values.port);
if (!(Number.isInteger(port) && port > 0 && port < 65_536)) {
  console.error(`--port is a number from 1 to 65535, not "${values.port}".`);
  process.exit(2);
}
if (!(await isPortFree(port))) {
  console.error(`Port ${port} of this machine is taken; choose another: npm run dev -- --port ${port + 1}`);
  process.exit(1);
}
const persistTo = values['persist-to'];
const { applied, credentials } = await prepareFolder(persistTo);
if (applied.length > 0) console.log(`Applied ${applied.join(', ')} to ${persistTo}.`);
console.log(`Sign in at ${signInLink(`http://${localAddress}:${port}`, credentials.admin_token)}
Credentials are in ${credentialsPath(persistTo)}.`);

const stop = onStopSignal();
// The site is built by wrangler's [build] command, now and whenever it changes.
const child = spawnWranglerDev({
  port,
  persistTo,
  inspectorPort: await freePort(),
  logLevel: 'log',
  ownGroup: false,
  output: 'inherit',
});
let tree: number[] = [];
stop.addEventListener('abort', () => {
  tree = processTree(child.pid ?? 0).map(({ pid }) => pid);
  child.kill('SIGTERM');
});
child.once('exit', (code) => {
  // wrangler ends its children itself, unless it was hurried.
  for (const pid of stillLiving(tree)) signal(pid, 'SIGKILL');
  process.exit(stop.aborted ? 0 : (code ?? 1));
});
