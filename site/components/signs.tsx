/** Type, colours, and the signs of states: what everything else is made of. */
import { countFigure, noFigure, rateFigure, shareFigure } from '../format/number.ts';
import { agoFigure, delayFigure } from '../format/time.ts';
import { Mark } from '../panels/mark.tsx';
import { Quantity } from '../panels/quantity.tsx';
import { Severity } from '../panels/severity.tsx';
import { Section, Specimen } from './specimen.tsx';

const sizes = [12, 14, 16, 20, 32];
const colours = {
  Surfaces: ['page', 'surface', 'sunken', 'rule', 'rule-strong'],
  Ink: ['ink', 'ink-quiet', 'ink-stale', 'accent', 'accent-wash'],
  States: ['healthy', 'silent', 'failing', 'idle', 'failing-wash', 'warning-wash'],
  Charts: ['line-1', 'line-2', 'line-3', 'grid', 'crosshair', 'land'],
};
const marks = {
  healthy: 'well',
  failing: 'failing',
  warning: 'needs a look',
  silent: 'silent',
  idle: 'quiet',
  busy: 'under way',
  down: 'no answer',
  paused: 'paused',
  info: 'worth knowing',
} as const;

export function Signs() {
  return (
    <>
      <Section id="type" title="Type" remark="One family, five sizes, two weights, tabular figures.">
        {sizes.map((size) => (
          <Specimen state={`${size} px`} key={size}>
            <p class={`type-${size}`}>
              12 regions, <b>1,204 events</b>
            </p>
          </Specimen>
        ))}
      </Section>
      <Section id="colours" title="Colours" remark="Named by what they mean. Red stands for alerts only.">
        {Object.entries(colours).map(([group, names]) => (
          <Specimen state={group} key={group}>
            <ul class="swatches">
              {names.map((name) => (
                <li key={name}>
                  <span class="swatch" style={{ background: `var(--${name})` }} />
                  <code>--{name}</code>
                </li>
              ))}
            </ul>
          </Specimen>
        ))}
      </Section>
      <Section
        id="marks"
        title="Marks"
        remark="A state is told by colour, shape and word together; the word always stands beside the mark."
      >
        {Object.entries(marks).map(([kind, word]) => (
          <Specimen state={kind} key={kind}>
            <span class="state">
              <Mark kind={kind as keyof typeof marks} />
              {word}
            </span>
          </Specimen>
        ))}
        {(['CRITICAL', 'WARNING', 'INFO'] as const).map((severity) => (
          <Specimen state={`severity ${severity}`} key={severity}>
            <Severity severity={severity} />
          </Specimen>
        ))}
      </Section>
      <Section
        id="quantities"
        title="Quantities"
        remark="Shortened with a smaller unit; the exact number on hover and for screen readers."
      >
        {Object.entries({
          count: countFigure(1_204),
          'count, shortened': countFigure(12_412_803),
          rate: rateFigure(0.04),
          share: shareFigure(0.9996, 'none'),
          delay: delayFigure(1_830),
          age: agoFigure(412_000),
          'not known': noFigure('no downloads'),
        }).map(([name, figure]) => (
          <Specimen state={name} key={name}>
            <span class="type-20">
              <Quantity figure={figure} />
            </span>
          </Specimen>
        ))}
      </Section>
    </>
  );
}
