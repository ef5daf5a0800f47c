import { closeCodes, liveSubprotocol } from '../../core/protocol/live.ts';
import type { Problem } from '../../core/protocol/problem.ts';
import { askService, credential } from '../access/service.ts';
import { currentIdentity, loadIdentity } from '../access/session.ts';
import * as say from '../text/live.ts';
import { browserAck } from './browser-ack.ts';
import type { ConnectionPorts, Socket, SocketEvents, Trouble } from './connection.ts';
import type { StorePorts } from './store.ts';

/** What the connection touches, as this browser has it. */
export const browserPorts: ConnectionPorts = {
  open: openSocket,
  now: () => performance.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
  random: () => Math.random(),
  online: () => navigator.onLine,
  diagnose,
};

/** What the store touches of it. */
export const browserStore: StorePorts = {
  sendAck: browserAck,
  clock: () => performance.now(),
  wallMs: () => Date.now(),
  ask: (path) => askService(path),
  after: (ms, run) => browserPorts.after(ms, run),
  isAsleep: () => document.hidden,
};

function openSocket(events: SocketEvents, breakdown: string): Socket {
  const address = new URL(`/api/live?breakdown=${encodeURIComponent(breakdown)}`, location.href);
  address.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
  const socket = new WebSocket(address, [
    liveSubprotocol,
    ...(credential.token === '' ? [] : [credential.token]),
  ]);
  socket.addEventListener('open', () => events.opened());
  socket.addEventListener('message', ({ data }) => {
    if (typeof data === 'string') events.received(data);
  });
  socket.addEventListener('close', ({ code }) =>
    events.closed(code === closeCodes.signedOut && !isRenewed()),
  );
  return {
    // A socket that is closing takes no more; its close event is on its way.
    send: (text) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
    },
    close: () => socket.close(),
  };
}

/** What is shown with every request is renewed by connecting again. */
const isRenewed = (): boolean => credential.token !== '' || currentIdentity.peek()?.via === 'access';

/** A browser does not tell why a socket failed; /health and /api/session do. */
async function diagnose(): Promise<Trouble | 'signed-out'> {
  try {
    const answer = await fetch('/health', { cache: 'no-store', signal: AbortSignal.timeout(5_000) });
    if (answer.ok) {
      if ((await loadIdentity()) === 'signed-out') return 'signed-out';
      return {
        title: say.theLiveConnectionDoesNotOpen,
        detail: say.proxyMayBlock,
      };
    }
    const { title, detail } = (await answer.json()) as Partial<Problem>;
    if (title && detail) return { title, detail };
    return { title: say.theServerIsNotWell, detail: say.healthAnswers(answer.status) };
  } catch {
    return { title: say.theServerDoesNotAnswer, detail: say.nothingHeardFrom(location.host) };
  }
}
