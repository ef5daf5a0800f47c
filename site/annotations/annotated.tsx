/**
 * A chart with its annotations: a lane above it where each stands as a flag, with a line through the plots. Flags are
 * buttons beside the chart and not on its canvas, so that they have names and can be reached by keyboard. So is the lane
 * itself: pressed anywhere, one is written there.
 */
import { type ReadonlySignal, type Signal, useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { whenAsked } from '../asked-for/when-asked.ts';
import { plotInsets, timeRange } from '../chart/plot-options.ts';
import type { PlotSeries } from '../chart/plot-spec.ts';
import { timeUnder } from '../chart/time-cursor.tsx';
import { bindKeys } from '../keys/key-list.ts';
import * as say from '../text/annotations.ts';
import { annotationText, type Flag, flagsOf } from './annotation.ts';
import {
  annotationNews,
  annotations,
  annotationsFailure,
  loadAnnotations,
  mayAnnotate,
} from './annotation-list.ts';

interface AnnotatedProps {
  readonly series: ReadonlySignal<PlotSeries>;
  readonly crosshair: Signal<number | null>;
  /** Where a time stands on the axis, and which time a place on it means, where these are not the same. */
  readonly place?: (ms: number) => number;
  readonly instant?: (time: number) => number;
  readonly children: ComponentChildren;
}

const insets = plotInsets.left + plotInsets.right;

export function Annotated({ series, crosshair, place, instant = Number, children }: AnnotatedProps) {
  const lane = useRef<HTMLDivElement>(null);
  const width = useSignal(0);
  const write = (time: number | null): void => {
    // Without a crosshair it is now, as the chart has it: this machine's clock may be wrong, and the chart of the past.
    const now = place === undefined ? series.peek().asOf : null;
    const at = time === null ? now : instant(time);
    whenAsked(({ writeAnnotation }) => writeAnnotation(at));
  };
  useEffect(() => {
    const sized = new ResizeObserver(() => {
      width.value = Math.max(0, (lane.current?.clientWidth ?? 0) - insets);
    });
    if (lane.current) sized.observe(lane.current);
    const unbind = bindKeys({
      keys: ['a'],
      meaning: say.annotateTheTimeUnderTheCrosshair,
      group: say.inAChart,
      press: () => write(crosshair.peek()),
      when: mayAnnotate,
    });
    return () => {
      sized.disconnect();
      unbind();
    };
  }, []);
  return (
    <div class="annotated">
      <div class="lane" ref={lane}>
        {mayAnnotate() && (
          <button
            type="button"
            class="lane-add"
            aria-label={say.writeAnAnnotation}
            aria-keyshortcuts="a"
            title={say.writeAnAnnotationKey}
            onPointerMove={(event) => {
              crosshair.value = timeUnder(event, series.peek());
            }}
            onPointerLeave={() => {
              crosshair.value = null;
            }}
            onClick={() => write(crosshair.peek())}
          >
            <FlagShape />
          </button>
        )}
        {annotationsFailure.value !== null && <Failed text={annotationsFailure.value} />}
        <Flags series={series} width={width} place={place} />
      </div>
      {children}
    </div>
  );
}

interface FlagsProps {
  readonly series: ReadonlySignal<PlotSeries>;
  readonly width: ReadonlySignal<number>;
  readonly place: AnnotatedProps['place'];
}

/** Made anew with each frame, as the lines are, but only where there is something to show. */
function Flags({ series, width, place }: FlagsProps) {
  const rows = annotations.value;
  if (rows.length === 0 || width.value === 0) return null;
  const range = timeRange(series.value, width.value);
  return (
    <>
      {flagsOf(rows, { ...range, width: width.value }, place).map((flag) => (
        <OneFlag key={flag.rows[0]?.id} flag={flag} />
      ))}
    </>
  );
}

function OneFlag({ flag: { rows, left, width } }: { readonly flag: Flag }) {
  const words = rows.map(annotationText).join('; ');
  const isOwn = rows.every(({ visibility }) => visibility === 'personal');
  const style = { left: `${Math.round(plotInsets.left + left)}px` };
  return (
    <>
      {left > 0 && <span class="flag-line" style={style} />}
      {width >= 1 && <span class="flag-span" style={{ ...style, width: `${width}px` }} />}
      <button
        type="button"
        class={isOwn ? 'flag own' : 'flag'}
        style={style}
        aria-label={`${rows.length === 1 ? say.annotation : say.annotationsCount(rows.length)}: ${words}`}
        title={words}
        onClick={() => whenAsked(({ showAnnotations }) => showAnnotations(rows.map(({ id }) => id)))}
      >
        {rows.length === 1 ? <FlagShape /> : rows.length}
      </button>
    </>
  );
}

function FlagShape() {
  return (
    <svg width="10" height="14" viewBox="0 0 10 14" aria-hidden="true">
      <path d="M1 14V1h8L7 4l2 3H1" stroke="currentColor" stroke-width="1.5" />
    </svg>
  );
}

function Failed({ text }: { readonly text: string }) {
  return (
    <p class="lane-failed" role="alert">
      {say.noAnnotations(text)}{' '}
      <button type="button" class="mention" onClick={() => void loadAnnotations()}>
        {say.tryAgain}
      </button>
    </p>
  );
}

/** Once in a page: what was done, for those who do not see the flags. */
export function AnnotationNews() {
  return (
    <p class="unseen" role="status">
      {annotationNews.value}
    </p>
  );
}
