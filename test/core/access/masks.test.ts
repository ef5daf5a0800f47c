import { describe, expect, test } from 'vitest';
import { maskNames, maskText } from '../../../core/access/masks.ts';

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

  test('of a row, who acknowledged it and who closed it, and nothing else', () => {
    const steps = [
      { by: null, state: 'firing' },
      { by: 'mei', state: 'resolved' },
    ];
    expect(maskNames({ acknowledged_by: 'jane', comment: 'on it', history: steps })).toEqual({
      acknowledged_by: 'j***',
      comment: 'on it',
      history: [
        { by: null, state: 'firing' },
        { by: 'm***', state: 'resolved' },
      ],
    });
    const nameless = { acknowledged_by: null, history: [{ by: null }] };
    expect(maskNames(nameless)).toBe(nameless);
    expect(maskNames({ acknowledged_by: null, history: steps }).history[1]?.by).toBe('m***');
  });
});
