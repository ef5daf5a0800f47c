import { isWithin, type Scenario, type Span, spanText } from '../scenario.ts';

/** Nothing is heard of one region while the span lasts. */
export function silent(region: string, span: Span): Scenario {
  return {
    name: 'silent',
    story: `${region} is silent ${spanText(span)}`,
    happen: (event) => (event.region === region && isWithin(span, event.timestamp) ? null : event),
  };
}
