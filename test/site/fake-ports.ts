/** A browser for the connection under test: its clock stands still, its sockets are opened and closed by hand. */
import type { ConnectionPorts, SocketEvents, Trouble } from '../../site/live/connection.ts';

export interface FakeSocket extends SocketEvents {
  readonly sent: unknown[];
  /** Of which a breakdown is in its address. */
  readonly breakdown: string;
  isClosed: boolean;
}

interface Timer {
  readonly at: number;
  readonly run: () => void;
}

export class FakePorts implements ConnectionPorts {
  readonly sockets: FakeSocket[] = [];
  isOnline = true;
  chance = 0;
  /** What a diagnosis finds. */
  trouble: Trouble | 'signed-out' = { title: 'The server does not answer', detail: 'Nothing was heard.' };
  diagnoses = 0;
  #now = 1_000;
  #timers = new Set<Timer>();

  /** The newest socket. */
  get socket(): FakeSocket {
    const socket = this.sockets.at(-1);
    if (!socket) throw new Error('no socket was opened');
    return socket;
  }

  open(events: SocketEvents, breakdown: string): { send(text: string): void; close(): void } {
    const socket: FakeSocket = { ...events, breakdown, sent: [], isClosed: false };
    this.sockets.push(socket);
    return {
      send: (text) => {
        socket.sent.push(text.startsWith('{') ? JSON.parse(text) : text);
      },
      close: () => {
        socket.isClosed = true;
      },
    };
  }

  now(): number {
    return this.#now;
  }

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.#now + ms, run };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  random(): number {
    return this.chance;
  }

  online(): boolean {
    return this.isOnline;
  }

  diagnose(): Promise<Trouble | 'signed-out'> {
    this.diagnoses++;
    return Promise.resolve(this.trouble);
  }

  /** Lets time pass; timers run in their order, each at its own time. */
  pass(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const [next] = [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (!next) break;
      this.#timers.delete(next);
      this.#now = next.at;
      next.run();
    }
    this.#now = end;
  }
}
