import { describe, expect, test } from 'vitest';
import { maskAcknowledgement, maskText } from '../../../core/access/masks.ts';

describe('[ACC-6] masks', () => {
  test.each([
    ['jane', 'j***'],
    ['j', 'j***'],
    ['', ''],
    ['jane.doe@example.com', 'j***'],
    ['Élodie', 'É***'],
    ['E\u0301lodie', 'E\u0301***'],
    ['👩‍👩‍👧 family', '👩‍👩‍👧***'],
    ['🇳🇱🇯🇵', '🇳🇱***'],
    ['田中', '田***'],
    [' ', ' ***'],
  ])('%j is %j', (text, masked) => {
    expect(maskText(text)).toBe(masked);
  });

  test('of a row, who acknowledged it, and nothing else', () => {
    expect(maskAcknowledgement({ acknowledged_by: 'jane', comment: 'on it' })).toEqual({
      acknowledged_by: 'j***',
      comment: 'on it',
    });
    expect(maskAcknowledgement({ acknowledged_by: null })).toEqual({ acknowledged_by: null });
  });
});
