import { describe, expect, test } from 'vitest';
import { parseClientFrame } from '../../../core/live/client-frame.ts';
import { clientFrameBytesMax } from '../../../core/protocol/limits.ts';

describe('frames of a viewer', () => {
  test.each([
    ['{"t":"ack","seq":0}', { t: 'ack', seq: 0 }],
    ['{"t":"resync","more":1}', { t: 'resync' }],
    ['{"t":"subscribe","regions":"*"}', { t: 'subscribe', regions: '*' }],
    ['{"t":"subscribe","regions":[],"contents":true}', { t: 'subscribe', regions: [], contents: true }],
    ['{"t":"subscribe","regions":["EU-London"]}', { t: 'subscribe', regions: ['EU-London'] }],
    ['{"t":"subscribe","regions":[],"breakdown":"*"}', { t: 'subscribe', regions: [], breakdown: '*' }],
  ])('%s is taken', (text, frame) => {
    expect(parseClientFrame(text)).toEqual({ ok: true, frame });
  });

  test.each([
    '0',
    '7',
    '999999999999999',
    '9007199254740991',
    '01',
    '1.0',
    '-0',
    '9007199254740992',
    '1 ',
    '"1"',
  ])('an acknowledgement of %s is taken as it is when it is written in another way', (seq) => {
    expect(parseClientFrame(`{"t":"ack","seq":${seq}}`)).toEqual(
      parseClientFrame(`{"seq":${seq},"t":"ack"}`),
    );
  });

  test.each([
    '',
    '{',
    'null',
    '[]',
    '"ack"',
    '{}',
    '{"t":"hello"}',
    '{"t":["ack"],"seq":1}',
    '{"t":"ack"}',
    '{"t":"ack","seq":-1}',
    '{"t":"ack","seq":1.5}',
    '{"t":"ack","seq":1e400}',
    '{"t":"ack","seq":9007199254740992}',
    '{"t":"subscribe"}',
    '{"t":"subscribe","regions":"EU-London"}',
    '{"t":"subscribe","regions":[1]}',
    `{"t":"subscribe","regions":["${'x'.repeat(33)}"]}`,
    '{"t":"subscribe","regions":"*","contents":"yes"}',
    '{"t":"subscribe","regions":"*","breakdown":["EU-London"]}',
    '{"t":"subscribe","regions":"*","breakdown":null}',
    `{"t":"subscribe","regions":"*","breakdown":"${'x'.repeat(33)}"}`,
    '{"__proto__":{"t":"resync"}}',
    null,
  ])('%s is a bad frame', (text) => {
    expect(parseClientFrame(text)).toMatchObject({ ok: false, error: { t: 'error', code: 'bad_frame' } });
  });

  test.each([
    ['x', clientFrameBytesMax, 'bad_frame'],
    ['x', clientFrameBytesMax + 1, 'frame_too_large'],
    ['é', clientFrameBytesMax / 2, 'bad_frame'],
    ['é', clientFrameBytesMax / 2 + 1, 'frame_too_large'],
  ])('%s times %i: %s', (character, count, code) => {
    expect(parseClientFrame(character.repeat(count))).toMatchObject({ ok: false, error: { code } });
  });
});
