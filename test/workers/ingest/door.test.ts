import { describe, expect, test } from 'vitest';
import { Door } from '../../../workers/ingest/door.ts';

const newDoor = () => new Door('0123456789abcdef', 1000);

describe('[LOG-4] numbers of a door', () => {
  test('run on from 0, for each shard alone', () => {
    const door = newDoor();
    expect(door.takeNumbers(1, 0, 5)).toMatchObject({ firstNumber: 0, count: 5, voids: [] });
    expect(door.takeNumbers(1, 0, 2)).toMatchObject({ firstNumber: 5, count: 2, voids: [] });
    expect(door.takeNumbers(2, 0, 1)).toMatchObject({ firstNumber: 0 });
    expect(door.takeNumbers(1, 1, 1)).toMatchObject({ firstNumber: 0 });
    expect(door.takeNumbers(1, 0, 1)).toMatchObject({ firstNumber: 7 });
  });

  test('of a failed send are void, which the next chunk of the shard declares, once', () => {
    const door = newDoor();
    door.voidNumbers(door.takeNumbers(1, 0, 5));
    expect(door.takeNumbers(2, 0, 1).voids).toEqual([]);
    expect(door.takeNumbers(1, 0, 1)).toMatchObject({ firstNumber: 5, voids: [[0, 5]] });
    expect(door.takeNumbers(1, 0, 1)).toMatchObject({ firstNumber: 6, voids: [] });
  });

  test('void: what a failed send had to declare is declared again', () => {
    const door = newDoor();
    door.voidNumbers(door.takeNumbers(1, 0, 5));
    const sent = door.takeNumbers(1, 0, 1);
    const failed = door.takeNumbers(1, 0, 4);
    expect(sent.voids).toEqual([[0, 5]]);
    door.voidNumbers(failed);
    const again = door.takeNumbers(1, 0, 1);
    expect(again.voids).toEqual([[6, 10]]);
    door.voidNumbers(again);
    door.voidNumbers(sent);
    // All have failed: one range.
    expect(door.takeNumbers(1, 0, 1).voids).toEqual([[0, 11]]);
  });
});

test('receipts are unique', () => {
  const door = newDoor();
  expect([door.nextReceipt(), door.nextReceipt()]).toEqual(['0123456789abcdef-0', '0123456789abcdef-1']);
});
