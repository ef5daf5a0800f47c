/** Events as players send them, made from a seed: what the benches of formats and windows chew on. */
import type { AcceptedEvent } from '../core/protocol/accepted-event.ts';
import type { ChunkHeader } from '../core/protocol/chunk-header.ts';
import { DOWNLOAD, eventTypes, FAILED, SLOW, SUCCESS } from '../core/protocol/event-type.ts';
import { epochMs } from '../core/protocol/ids.ts';
import { Random } from './producer/random.ts';

/** An event with the strings it had before the door hashed them. */
export interface PlayedEvent extends AcceptedEvent {
  readonly eventId: string;
  readonly userHash: string;
  readonly sessionHash: string;
}

const titles = 100;
const people = 20_000;
const typeShares = [0.12, 0.06, 0.06, 0.5, 0.06, 0.02, 0.16, 0.02];
const devices = ['tv', 'phone', 'tablet', 'desktop', 'console'];
const qualities = ['480p', '720p', '1080p', '4k'];
const word = (random: Random): number => Math.floor(random.between(0, 2 ** 32));
const hex = (value: number): string => value.toString(16).padStart(8, '0');

/** A version 4 UUID of random bits, as most producers make their ids. */
function uuid(random: Random): string {
  const digits = hex(word(random)) + hex(word(random)) + hex(word(random)) + hex(word(random));
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-a${digits.slice(17, 20)}-${digits.slice(20)}`;
}

/** 128 bits in base64url without padding: 22 characters. */
function hash22(name: string, index: number): string {
  const random = new Random(name, index);
  const words = [word(random), word(random), word(random), word(random)];
  return Buffer.from(new Uint32Array(words).buffer).toString('base64url');
}

function typeOf(random: Random): number {
  let left = random.between(0, 1);
  for (const [type, share] of typeShares.entries()) {
    left -= share;
    if (left < 0) return type;
  }
  return 0;
}

/** `count` events of the second before `nowMs`, of one region, in order of time. */
export function playedEvents(seed: number, count: number, nowMs: number): PlayedEvent[] {
  const random = new Random('players', seed);
  const times = Array.from({ length: count }, () => nowMs - Math.floor(random.between(0, 1000)));
  return times.sort((a, b) => a - b).map((timeMs) => playedEvent(random, timeMs));
}

function playedEvent(random: Random, timeMs: number): PlayedEvent {
  const person = Math.floor(random.between(0, people));
  // Squared, so that a few titles have most of the audience.
  const title = Math.floor(random.between(0, 1) ** 2 * titles);
  const type = typeOf(random);
  const download = type === DOWNLOAD;
  const watching = ['progress', 'pause', 'complete'].includes(eventTypes[type] as string);
  const own = new Random('person', person);
  return {
    eventId: uuid(random),
    userHash: hash22('user', person),
    sessionHash: hash22('session', person),
    identityHi: word(random),
    identityLo: word(random),
    timeMs: epochMs(timeMs),
    type,
    status: download ? random.pick([SUCCESS, SUCCESS, SUCCESS, SUCCESS, FAILED, SLOW]) : 0,
    userHi: word(own),
    userLo: word(own),
    sessionHi: word(own),
    sessionLo: word(own),
    contentId: `movie_${String(title).padStart(4, '0')}`,
    contentType: title % 3 === 0 ? 'series' : 'movie',
    title: `The Title of Number ${title}`,
    country: 'DE',
    deviceType: own.pick(devices),
    quality: own.pick(qualities),
    subscriptionType: own.pick(['free', 'premium']),
    errorCode: null,
    ext: null,
    durationMs: watching ? Math.floor(random.between(1000, 30_000)) : null,
    completionMilli: watching ? Math.floor(random.between(0, 1000)) : null,
    ratingMilli: eventTypes[type] === 'rating' ? Math.floor(random.between(1, 11)) * 1000 : null,
    bufferingCount: watching ? Math.floor(random.between(0, 3)) : null,
    speedKbps: download ? Math.floor(random.between(5_000, 90_000)) : null,
    bytes: download || watching ? Math.floor(random.between(1_000_000, 900_000_000)) : null,
  };
}

export function headerOf(door: number, firstNumber: number, count: number, nowMs: number): ChunkHeader {
  return {
    regionNumber: 5,
    shard: 0,
    door: hex(door) + hex(door),
    doorBirthMs: nowMs - 3_600_000,
    receivedAtMs: nowMs,
    firstNumber,
    count,
    producer: 'acme',
    pseudonymVersion: 1,
    twins: 0,
    voids: [],
  };
}
