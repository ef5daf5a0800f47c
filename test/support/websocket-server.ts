/** As much of RFC 6455 as a test server needs: text frames both ways, close, one subprotocol. No fragments, no pings. */
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

export interface Peer {
  send(text: string): void;
  /** Says goodbye with a code, then hangs up. */
  close(code: number): void;
  /** Hangs up without a word, as a killed server does. */
  drop(): void;
}

export interface PeerEvents {
  received(text: string): void;
  closed(): void;
}

const opcodes = { text: 1, close: 8 } as const;

/** Answers an upgrade; `events` is asked for once the peer can be sent to. */
export function acceptSocket(
  request: IncomingMessage,
  stream: Duplex,
  subprotocol: string,
  events: (peer: Peer) => PeerEvents,
): void {
  const key = request.headers['sec-websocket-key'] ?? '';
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  stream.write(
    [
      'HTTP/1.1 101 Switching Protocols',
      'Upgrade: websocket',
      'Connection: Upgrade',
      `Sec-WebSocket-Accept: ${accept}`,
      `Sec-WebSocket-Protocol: ${subprotocol}`,
      '\r\n',
    ].join('\r\n'),
  );
  const peer: Peer = {
    send: (text) => write(stream, opcodes.text, Buffer.from(text)),
    close: (code) => {
      write(stream, opcodes.close, Buffer.from([code >> 8, code & 255]));
      stream.end();
    },
    drop: () => stream.destroy(),
  };
  const peerEvents = events(peer);
  let pending = Buffer.alloc(0);
  stream.on('data', (bytes: Buffer) => {
    pending = Buffer.concat([pending, bytes]);
    for (let frame = read(pending); frame; frame = read(pending)) {
      pending = pending.subarray(frame.end);
      if (frame.opcode === opcodes.text) peerEvents.received(frame.payload.toString());
      if (frame.opcode === opcodes.close) peer.close(1000);
    }
  });
  stream.on('error', () => stream.destroy());
  stream.on('close', () => peerEvents.closed());
}

function write(stream: Duplex, opcode: number, payload: Buffer): void {
  if (stream.writableEnded || stream.destroyed) return;
  const { length } = payload;
  const size =
    length < 126
      ? [length]
      : length < 65_536
        ? [126, length >> 8, length & 255]
        : [127, 0, 0, 0, 0, (length >>> 24) & 255, (length >>> 16) & 255, (length >>> 8) & 255, length & 255];
  stream.write(Buffer.concat([Buffer.from([0x80 | opcode, ...size]), payload]));
}

/** The first whole frame of a client, unmasked; null while it is not all there. */
function read(bytes: Buffer): { opcode: number; payload: Buffer; end: number } | null {
  if (bytes.length < 6) return null;
  const short = (bytes[1] as number) & 127;
  // Clients send little; a length of eight bytes is not one of theirs.
  const head = short === 126 ? 4 : 2;
  if (bytes.length < head + 4) return null;
  const length = short === 126 ? bytes.readUInt16BE(2) : short;
  const end = head + 4 + length;
  if (bytes.length < end) return null;
  const mask = bytes.subarray(head, head + 4);
  const payload = Buffer.from(bytes.subarray(head + 4, end).map((byte, i) => byte ^ (mask[i & 3] as number)));
  return { opcode: (bytes[0] as number) & 15, payload, end };
}
