// A viewer that reads nothing any more: its connection stands, and what is sent to it piles up.
import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { liveSubprotocol } from '../../../core/protocol/version.ts';
import type { World } from './world.ts';

export class StalledViewer {
  readonly #world: World;
  #socket: Socket | null = null;
  #isClosed = false;
  connections = 0;

  constructor(world: World) {
    this.#world = world;
    void this.#live();
  }

  close(): void {
    this.#isClosed = true;
    this.#socket?.destroy();
  }

  async #live(): Promise<void> {
    while (!this.#isClosed) {
      if (this.#world.isRunning) await this.#connect();
      await sleep(500);
    }
  }

  /** Resolves when the connection is over. */
  async #connect(): Promise<void> {
    const { url, credentials } = this.#world.runtime;
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    this.#socket = socket;
    const head = [
      'GET /api/live HTTP/1.1',
      `Host: ${hostname}:${port}`,
      'Upgrade: websocket',
      'Connection: Upgrade',
      `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
      'Sec-WebSocket-Version: 13',
      `Sec-WebSocket-Protocol: ${liveSubprotocol}`,
      `Authorization: Bearer ${credentials.viewer_token}`,
    ];
    socket.write(`${head.join('\r\n')}\r\n\r\n`);
    await new Promise<void>((resolve) => {
      socket.once('data', () => {
        this.connections++;
        socket.write(textFrame(JSON.stringify({ t: 'subscribe', regions: '*', contents: true })));
        socket.pause();
      });
      socket.once('close', () => resolve());
      socket.once('error', () => socket.destroy());
    });
  }
}

/** Of a client: masked, here with zeros. Short texts only. */
function textFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  if (payload.length > 125) throw new RangeError('too long for a short frame');
  return Buffer.concat([Buffer.of(0x81, 0x80 | payload.length, 0, 0, 0, 0), payload]);
}
