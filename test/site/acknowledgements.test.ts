// Acknowledging: honest about what is known, and one at a time.
import { expect, test } from 'vitest';
import { type AckAnswer, createAcknowledgements, withAnswer } from '../../site/live/acknowledgements.ts';
import { scriptedAlert } from '../support/scripted-alerts.ts';
import { noon } from './frames.ts';

const alert = scriptedAlert('a', noon);
const acknowledged = {
  ...alert,
  acknowledged: true,
  acknowledged_by: 'ada',
  acknowledged_at: new Date(noon).toISOString(),
  comment: 'Seen.',
};

/** Acknowledgements whose answers are given by hand. */
function start() {
  const sent: [string, string, string][] = [];
  const answers: ((answer: AckAnswer) => void)[] = [];
  const acknowledgements = createAcknowledgements((id, action, comment) => {
    sent.push([id, action, comment]);
    return new Promise((resolve) => answers.push(resolve));
  });
  const state = () => acknowledgements.states.value.get('a');
  return { acknowledgements, state, sent, answers };
}

test('written, sent once, sending until the answer, then who and when as the server said', async () => {
  const { acknowledgements, state, sent, answers } = start();
  acknowledgements.write('a', ' Seen. ');
  const done = acknowledgements.send('a', 'ack');
  void acknowledgements.send('a', 'ack');
  acknowledgements.write('a', 'changed while it travels');
  acknowledgements.leave('a');
  expect(sent).toEqual([['a', 'ack', 'Seen.']]);
  expect(state()).toEqual({ kind: 'sending', comment: ' Seen. ', action: 'ack' });
  expect(withAnswer(alert, state()).acknowledged).toBe(false);
  answers[0]?.({ kind: 'row', row: acknowledged });
  await done;
  expect(withAnswer(alert, state())).toEqual(acknowledged);
});

test('a failure gives the comment back with the reason, and can be sent again', async () => {
  const { acknowledgements, state, sent, answers } = start();
  acknowledgements.write('a', 'Seen.');
  const done = acknowledgements.send('a', 'ack');
  answers[0]?.({ kind: 'failure', text: 'No.' });
  await done;
  expect(state()).toEqual({ kind: 'writing', comment: 'Seen.', failure: 'No.' });
  void acknowledgements.send('a', 'ack');
  expect(sent).toHaveLength(2);
});

test('what is left is not sent', async () => {
  const { acknowledgements, state, sent } = start();
  acknowledgements.write('a', 'Seen.');
  acknowledgements.leave('a');
  await acknowledgements.send('a', 'ack');
  expect(sent).toEqual([]);
  expect(state()).toBeUndefined();
});

test('what the frames bring is newer than what was answered', () => {
  const { resolution, ...rest } = acknowledged;
  const fromFrames = { ...rest, resolution, acknowledged_by: 'someone quicker' };
  expect(withAnswer(fromFrames, { kind: 'done', row: acknowledged })).toBe(fromFrames);
  const over = { ...alert, state: 'resolved' as const };
  expect(withAnswer(over, { kind: 'done', row: acknowledged })).toMatchObject({
    state: 'resolved',
    acknowledged_by: 'ada',
  });
});

test('what a person closed is over at once, and stays acknowledged as the frames had it', () => {
  const closed = {
    ...acknowledged,
    state: 'resolved',
    resolution: 'closed',
    resolved_at: alert.created_at,
  } as const;
  expect(withAnswer(alert, { kind: 'done', row: closed })).toEqual(closed);
  const seen = { ...alert, acknowledged: true, acknowledged_by: 'bob' };
  expect(withAnswer(seen, { kind: 'done', row: closed })).toMatchObject({
    state: 'resolved',
    resolution: 'closed',
    acknowledged_by: 'bob',
  });
});

test('an alert that was acknowledged can still be closed', () => {
  const { acknowledgements, sent, answers } = start();
  acknowledgements.write('a', '');
  const done = acknowledgements.send('a', 'ack');
  answers[0]?.({ kind: 'row', row: acknowledged });
  return done.then(() => {
    acknowledgements.write('a', '');
    void acknowledgements.send('a', 'resolve');
    expect(sent.at(-1)).toEqual(['a', 'resolve', '']);
  });
});
