// Free TCP ports on this machine. A port found free may be taken a moment later: callers still report a busy one.
import { createServer } from 'node:net';

export const localAddress = '127.0.0.1';

/** Whether nothing listens on `port` of this machine; 0 asks for any port. Resolves to the port, or to undefined. */
function tryPort(port: number): Promise<number | undefined> {
  const { promise, resolve } = Promise.withResolvers<number | undefined>();
  const server = createServer();
  server.once('error', () => resolve(undefined));
  server.listen(port, localAddress, () => {
    const address = server.address();
    server.close(() => resolve(typeof address === 'object' ? address?.port : undefined));
  });
  return promise;
}

export async function isPortFree(port: number): Promise<boolean> {
  return (await tryPort(port)) !== undefined;
}

/** Below those that systems give to outgoing connections: one of these could take it while its server restarts. */
const portsFrom = 20_000;
const portsTo = 32_000;

/** Any free port. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 20; tries++) {
    const candidate = portsFrom + Math.floor(Math.random() * (portsTo - portsFrom));
    if (await isPortFree(candidate)) return candidate;
  }
  const port = await tryPort(0);
  if (port === undefined) throw new Error('This machine has no free port.');
  return port;
}

/** The first free port from `port` on, looking at the next twenty. */
export async function nextFreePort(port: number): Promise<number> {
  for (let candidate = port; candidate < port + 20; candidate++)
    if (await isPortFree(candidate)) return candidate;
  throw new Error(`Ports ${port} to ${port + 19} are all taken; choose one with --port.`);
}
