import type { ProducedEvent } from '../event.ts';
import { Random } from '../random.ts';
import { isWithin, type Scenario, type Span, spanText } from '../scenario.ts';

/** Of the downloads that would have arrived. */
const failingShare = 0.7;

/** Downloads of one region fail while the span lasts; viewers go on watching. */
export function outage(seed: number, region: string, span: Span): Scenario {
  return {
    name: 'outage',
    story: `${region} fails ${failingShare * 100} % of its downloads ${spanText(span)}`,
    happen(event) {
      if (event.region !== region || event.event_type !== 'download') return event;
      if (!isWithin(span, event.timestamp) || event.status === 'failed') return event;
      const random = new Random(seed, 'outage', event.event_id);
      return random.chance(failingShare) ? failed(event, random) : event;
    },
  };
}

function failed({ speed_mbps: _speed, bytes: _bytes, ...rest }: ProducedEvent, random: Random) {
  return { ...rest, status: 'failed', error_code: random.pick(['CDN_5XX', 'TIMEOUT']) } as const;
}
