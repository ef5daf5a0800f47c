import {
  joinedSendMsMax,
  joinManyPosts,
  joinQuietMs,
  joinUnderWayMsMax,
  joinWaitManyMsMax,
  joinWaitMsMax,
} from '../../core/protocol/join-limits.ts';
import { envelopeBytesMax } from '../../core/protocol/limits.ts';

/** What one POST puts into the queue. */
export interface Parcel {
  /** Of its chunks, as a message holds them. */
  readonly bytes: number;
}

/** Parcels on their way. */
export interface Shipment {
  /** Resolves once all of them are in the queue, and rejects if one is not. */
  readonly sent: Promise<void>;
  /** They failed together; called at most once. */
  takeBack(error: unknown): void;
}

/** What a POST brings of its own: whatever it starts belongs to its request, for the platform. */
export interface Carrier<P extends Parcel> {
  /** Does not throw. */
  ship(parcels: readonly P[]): Shipment;
  /** Until the task ends the request lives, also when its client goes away. */
  waitUntil(task: Promise<unknown>): void;
  readonly now: () => number;
}

/** Parcels that leave together. */
interface Lot<P extends Parcel> {
  readonly parcels: P[];
  bytes: number;
  /** Of each parcel's POST, made by it: what is resolved wakes the request that made it (ING-8). */
  readonly tell: ((isSent: boolean) => void)[];
  shipment: Shipment | null;
  isLeaving: boolean;
  isTold: boolean;
}

/**
 * What arrives together at a door shares a send (ING-8). A POST that is alone at its door leaves at once. While there are
 * others its parcel waits in the open lot, which leaves when it is full, when all POSTs under way are in it, or when its
 * first one has waited long enough. Whoever finds that it is time carries it, and lives until the queue has answered. Each
 * watches for itself too: the timers of a request that the platform has ended never go off.
 */
export class JoinedSends<P extends Parcel> {
  /** When each POST under way began, oldest first; one that its platform ended stays until joinUnderWayMsMax. */
  readonly #underWay = new Map<number, number>();
  #begun = 0;
  #open: Lot<P> | null = null;

  /** A POST has begun; it will join or not, and `end` in any case. */
  begin(carrier: Carrier<P>): JoiningPost<P> {
    const ticket = this.#begun++;
    this.#underWay.set(ticket, carrier.now());
    return {
      join: async (parcel) => await this.#join(parcel, carrier),
      end: () => {
        this.#underWay.delete(ticket);
        this.#leaveIfAllAreHere(carrier);
      },
    };
  }

  async #join(parcel: P, carrier: Carrier<P>): Promise<boolean> {
    if (this.#open && this.#open.bytes + parcel.bytes > envelopeBytesMax) this.#leave(this.#open, carrier);
    this.#open ??= { parcels: [], bytes: 0, tell: [], shipment: null, isLeaving: false, isTold: false };
    const lot = this.#open;
    const told = Promise.withResolvers<boolean>();
    lot.parcels.push(parcel);
    lot.bytes += parcel.bytes;
    lot.tell.push(told.resolve);
    if (lot.bytes >= envelopeBytesMax) this.#leave(lot, carrier);
    else this.#leaveIfAllAreHere(carrier);
    const watch = this.#watch(lot, carrier);
    try {
      return await told.promise;
    } finally {
      watch.stop();
    }
  }

  /** By timers of the POST itself. */
  #watch(lot: Lot<P>, carrier: Carrier<P>): { stop(): void } {
    let timer: ReturnType<typeof setTimeout>;
    const giveUp = (): void => this.#settle(lot, new Error(`no answer within ${joinedSendMsMax} ms`));
    const leave = (): void => {
      this.#leave(lot, carrier);
      timer = setTimeout(giveUp, joinedSendMsMax);
    };
    const look = (): void => {
      if (lot.shipment || lot.parcels.length < joinManyPosts) leave();
      else timer = setTimeout(leave, joinWaitManyMsMax - joinWaitMsMax);
    };
    if (lot.shipment) timer = setTimeout(giveUp, joinedSendMsMax);
    else if (lot.parcels.length === 1) timer = setTimeout(look, joinWaitMsMax);
    else timer = setTimeout(leave, joinUnderWayMsMax);
    return { stop: () => clearTimeout(timer) };
  }

  #leaveIfAllAreHere(carrier: Carrier<P>): void {
    const lot = this.#open;
    if (!lot || lot.isLeaving || !this.#areAllHere(lot, carrier.now())) return;
    lot.isLeaving = true;
    if (lot.parcels.length === 1) this.#leave(lot, carrier);
    else carrier.waitUntil(this.#leaveWhenQuiet(lot, carrier));
  }

  /** While POSTs begin, more will. */
  async #leaveWhenQuiet(lot: Lot<P>, carrier: Carrier<P>): Promise<void> {
    for (let begun = -1; begun !== this.#begun && !lot.shipment; ) {
      begun = this.#begun;
      await new Promise((resolve) => setTimeout(resolve, joinQuietMs));
    }
    lot.isLeaving = false;
    if (this.#areAllHere(lot, carrier.now())) this.#leave(lot, carrier);
  }

  #areAllHere({ parcels }: Lot<P>, nowMs: number): boolean {
    for (const [ticket, beganMs] of this.#underWay) {
      if (beganMs >= nowMs - joinUnderWayMsMax) break;
      this.#underWay.delete(ticket);
    }
    return this.#underWay.size <= parcels.length;
  }

  #leave(lot: Lot<P>, carrier: Carrier<P>): void {
    if (this.#open === lot) this.#open = null;
    if (lot.shipment) return;
    lot.shipment = carrier.ship(lot.parcels);
    carrier.waitUntil(
      lot.shipment.sent.then(
        () => this.#settle(lot, null),
        (error: unknown) => this.#settle(lot, error),
      ),
    );
  }

  #settle(lot: Lot<P>, error: unknown): void {
    if (lot.isTold) return;
    lot.isTold = true;
    if (error !== null) lot.shipment?.takeBack(error);
    for (const tell of lot.tell) tell(error === null);
  }
}

/** A POST's part in it. */
export interface JoiningPost<P extends Parcel> {
  /** True once the parcel is in the queue; false if it has failed with all that it left with. */
  join(parcel: P): Promise<boolean>;
  end(): void;
}
