// A plot as SVG by hand: lines over a logarithmic axis, in colours that can be read on light and on dark pages.

export interface Plot {
  /** Of the file. */
  readonly name: string;
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly lines: readonly Line[];
}

export interface Line {
  readonly what: string;
  /** Ascending by x, which is above 0. */
  readonly points: readonly (readonly [x: number, y: number])[];
}

const [width, height] = [720, 340];
const frame = { left: 64, right: 24, top: 44, bottom: 84 };
/** On white and on black in the same way: of middle lightness. */
const colours = ['#2f81f7', '#d9822b', '#2da44e', '#b35cd6'];
const ink = '#7d8590';

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
const short = (value: number): string =>
  new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 3 }).format(value);
const tenth = (value: number): number => Math.round(value * 10) / 10;

/** The least of 1, 2, 2.5 and 5 by a power of ten that is not below. */
function roundedUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 2.5, 5, 10].find((step) => step * power >= value) ?? 10) * power;
}

/** The y axis begins at 0, so that what is flat looks flat. */
export function plotSvg({ title, x, y, lines }: Plot): string {
  const points = lines.flatMap((line) => line.points);
  const xs = points.map(([at]) => Math.log10(at));
  const [least, most] = [Math.min(...xs), Math.max(...xs)];
  const top = roundedUp(Math.max(...points.map(([, value]) => value), Number.MIN_VALUE));
  const across = (at: number) =>
    tenth(frame.left + ((Math.log10(at) - least) / (most - least || 1)) * (width - frame.left - frame.right));
  const down = (value: number) =>
    tenth(height - frame.bottom - (value / top) * (height - frame.top - frame.bottom));
  const text = (at: string, content: string, more = '') =>
    `<text ${at} fill="${ink}"${more}>${escaped(content)}</text>`;
  const grid = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const at = down(share * top);
    return `<path d="M${frame.left} ${at}H${width - frame.right}" stroke="${ink}" stroke-opacity="0.3"/>
${text(`x="${frame.left - 8}" y="${at + 4}" text-anchor="end"`, short(share * top))}`;
  });
  const marks = [...new Set(points.map(([at]) => at))].sort((a, b) => a - b);
  const ticks = marks.map((at) =>
    text(`x="${across(at)}" y="${height - frame.bottom + 18}" text-anchor="middle"`, short(at)),
  );
  const drawn = lines.map((line, n) => {
    const colour = colours[n % colours.length];
    const path = line.points.map(([at, value]) => `${across(at)} ${down(value)}`).join('L');
    const dots = line.points.map(
      ([at, value]) => `<circle cx="${across(at)}" cy="${down(value)}" r="3" fill="${colour}"/>`,
    );
    const key = frame.left + (n * (width - frame.left)) / lines.length;
    return `<path d="M${path}" fill="none" stroke="${colour}" stroke-width="2"/>${dots.join('')}
<circle cx="${tenth(key)}" cy="${height - 16}" r="5" fill="${colour}"/>${text(`x="${tenth(key + 10)}" y="${height - 12}"`, line.what)}`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" font-family="system-ui, sans-serif" font-size="12">
<title>${escaped(title)}</title>
${text(`x="${frame.left}" y="20" font-size="14" font-weight="600"`, title)}
${text(`x="${frame.left}" y="36"`, y)}
${[...grid, ...ticks, ...drawn].join('\n')}
${text(`x="${width - frame.right}" y="${height - frame.bottom + 36}" text-anchor="end"`, x)}
</svg>
`;
}
