import { type Attachment, attach, readAttachment } from './attachment.ts';

/** The sockets of a hub's viewers, both ways. */
export class HubSockets {
  readonly #byViewer = new Map<string, WebSocket>();
  /** By the object that the platform gives at each event: reading the attachment costs more than an acknowledgement. */
  readonly #viewers = new WeakMap<WebSocket, string>();

  get size(): number {
    return this.#byViewer.size;
  }

  add(viewer: string, socket: WebSocket): void {
    this.#byViewer.set(viewer, socket);
    this.#viewers.set(socket, viewer);
  }

  has(viewer: string): boolean {
    return this.#byViewer.has(viewer);
  }

  /** The platform may give a socket as another object than it was when it came. */
  viewerOf(socket: WebSocket): string | undefined {
    return this.#viewers.get(socket) ?? readAttachment(socket.deserializeAttachment())?.viewer;
  }

  /** The socket, for what is left to be done with it. */
  remove(viewer: string): WebSocket | undefined {
    const socket = this.#byViewer.get(viewer);
    this.#byViewer.delete(viewer);
    return socket;
  }

  send(viewer: string, text: string): void {
    try {
      this.#byViewer.get(viewer)?.send(text);
    } catch {
      // The socket went while the frames were written; its close event takes the viewer out.
    }
  }

  reattach(viewer: string, changed: Partial<Attachment>): void {
    const socket = this.#byViewer.get(viewer);
    const attachment = readAttachment(socket?.deserializeAttachment());
    if (socket && attachment) attach(socket, { ...attachment, ...changed });
  }
}
