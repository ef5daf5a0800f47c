// What the process that runs the Worker holds: its isolate by the runtime's inspector, and itself by /proc.
import { readFileSync } from 'node:fs';
import { WebSocket } from 'undici';
import { localAddress } from '../../ports.ts';
import { processTree } from '../../process-tree.ts';

/** MB. All objects of the local Worker share one isolate. */
export interface Held {
  /** Objects of JavaScript's heap, and the bytes of its buffers beside it. */
  readonly heap: number;
  readonly buffers: number;
  /** Resident memory of the process; null where there is no /proc. */
  readonly resident: number | null;
}

interface Usage {
  readonly usedSize: number;
  readonly backingStorageSize?: number;
}

const mb = (bytes: number): number => Math.round(bytes / 2 ** 17) / 8;

export async function heldBy(pid: number, inspectorPort: number): Promise<Held> {
  const { usedSize, backingStorageSize = 0 } = await heapUsage(inspectorPort);
  return { heap: mb(usedSize), buffers: mb(backingStorageSize), resident: residentMb(pid) };
}

/** The process that runs the Worker, below wrangler's. */
const workerProcess = (pid: number): number | undefined =>
  processTree(pid).find(({ command }) => command.includes('workerd') && command.includes('--debug-port'))
    ?.pid;

/** Time that it has had of the processors, ms; 0 where there is no /proc. */
export function processorMs(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${workerProcess(pid)}/stat`, 'utf8');
    // Ticks of 10 ms in the user's and the system's mode, behind the name in brackets.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return 0;
  }
}

function residentMb(pid: number): number | null {
  try {
    const status = readFileSync(`/proc/${workerProcess(pid)}/status`, 'utf8');
    const [, kb = '0'] = /^VmRSS:\s+(\d+) kB/m.exec(status) ?? [];
    return mb(Number(kb) * 1024);
  } catch {
    return null;
  }
}

async function heapUsage(port: number): Promise<Usage> {
  const list = await fetch(`http://${localAddress}:${port}/json/list`);
  const [target] = (await list.json()) as { readonly webSocketDebuggerUrl: string }[];
  if (!target) throw new Error('the runtime has no inspector');
  // Wrangler lets in who says where it comes from.
  const socket = new WebSocket(target.webSocketDebuggerUrl, { headers: { origin: 'http://localhost' } });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener('open', () => resolve());
      socket.addEventListener('error', () => reject(new Error('the inspector does not answer')));
    });
    await asked(socket, 1, 'HeapProfiler.collectGarbage');
    return (await asked(socket, 2, 'Runtime.getHeapUsage')) as Usage;
  } finally {
    socket.close();
  }
}

async function asked(socket: WebSocket, id: number, method: string): Promise<unknown> {
  const answer = new Promise<unknown>((resolve) => {
    socket.addEventListener('message', ({ data }) => {
      const message = JSON.parse(String(data)) as { readonly id?: number; readonly result?: unknown };
      if (message.id === id) resolve(message.result);
    });
  });
  socket.send(JSON.stringify({ id, method }));
  return await answer;
}
