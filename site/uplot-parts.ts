/**
 * Of uPlot only what the charts draw goes to browsers: lines over time in one direction, with a cursor that the page
 * moves itself. The rest hangs on options that are never given, which no bundler can see. So each rule here answers a
 * question that uPlot asks of its options, and the minifier drops what hangs on the other answer: 12 KB gzipped
 * of 22. The version is exact, and a rule that finds nothing stops the build.
 */
import type { Plugin } from 'vite';
import { answered, type Rule } from './library-rules.ts';
import { fixedParts } from './uplot-fixed.ts';

/** One series a line over one x axis, left to right, by value. */
const oneDirection: readonly Rule[] = [
  ['const mode = self.mode;', ''],
  [/\bmode == 1\b/g, 'true'],
  [/\bmode == 2\b/g, 'false'],
  [/\bscaleX\.ori == 0\b/g, 'true'],
  [/\bscaleX\.ori == 1\b/g, 'false'],
  [/\bsx\.ori == 0\b/g, 'true'],
  [/\b(?:\w+\.)?(?:distr|xScaleDistr) +?== {1,2}(?:2|3|4|100)\b|\b\w*[dD]istr == (?:2|3|4|100)\b/g, 'false'],
  [/\bsc\.distr >= 3\b/g, 'false'],
  [/\b(?:w?sc|scaleOpts)\.from != null/g, 'false'],
  [/\bw?sc\.from == null/g, 'true'],
  [
    'let [ bandFillDir, bandClipDir ] = bandFillClipDirs(u, seriesIdx);',
    'const bandFillDir = 0, bandClipDir = 0;',
  ],
  [/\bbandFillDir [!=]= +-?[01]|\bbandClipDir [!=]= [02]\b/g, 'false'],
  ['flags != 0 && bands.forEach', 'false && bands.forEach'],
  ['self.addBand = addBand;', ''],
  ['self.setBand = setBand;', ''],
  ['self.delBand = delBand;', ''],
];

/** No legend: names stand at the ends of lines. */
const noLegend: readonly Rule[] = [
  ['const showLegend = legend.show;', ''],
  [/\bshowLegend\b/g, 'false'],
  [/\blegend\.live\b/g, 'false'],
  [/\bmultiValLegend\b(?= [?)&|]|\))/g, 'false'],
  ['legend.show && ', 'false && '],
];

/** The cursor stands where setCursor() puts it: nothing is selected, dragged or shared, and no series is in focus. */
const cursorOfPage: readonly Rule[] = [
  ['const cursorFocus = focus.prox >= 0;', ''],
  ['const cursorOnePt = cursorFocus && points.one;', ''],
  [/\bcursorFocus\b|\bcursorOnePt\b/g, 'false'],
  [/\bselect\.show\b/g, 'false'],
  ['onMouse(mousedown,  over, mouseDown);', ''],
  ['onMouse(mousemove,  over, mouseMove);', ''],
  ['onMouse(mouseleave, over, mouseLeave);', ''],
  ['onMouse(dblclick, over, dblClick);', ''],
  [/events\.\w+ = \w+;/g, ''],
  [/onMouse\(mouseenter, over, e => \{[^}]+\}\);/, ''],
  [/events\["setSeries"\] = [^}]+\};/, ''],
  ['self.setSelect = setSelect;', ''],
  ['self.setSeries = setSeries;', ''],
  [/\tif \(syncOpts\.match\.length == 2\)[\s\S]+?const sync = _sync\(syncKey\);/, ''],
  [/const syncOpts = assign\([\s\S]+?\}, cursor\.sync\);/, ''],
  ['sync.sub(self);', ''],
  ['sync.unsub(self);', ''],
  ['self.pub = pub;', ''],
  ['if (_pub) {', 'if (false) {'],
  ['on("click", wrap, e => {', 'false && on("click", wrap, e => {'],
];

/** Times are in ms, and both axes have words of their own. */
const ownWords: readonly Rule[] = [
  [/\bms == 1\b/g, 'true'],
  [/const \[ timeIncrsS, .+/, ''],
  ['const _fmtDate = (opts.fmtDate || fmtDate);', ''],
  [/const _timeAxisVals .+/, ''],
  [/const _timeSeriesVal .+/, ''],
  [/let sv = s\.value;\n.+\n.+/, ''],
  [/axis\.values = \(\n[\s\S]+?av \|\| numAxisVals\n\t+\);/, ''],
  [/\t\t_timeAxisStamps,\n/, '\t\tnull,\n'],
  [/isTime && sc\.distr == 1 \? _timeAxisSplits : .+/, '_timeAxisSplits));'],
];

/** What plug-ins may use: there are none. */
const noPlugins: readonly Rule[] = [
  [/uPlot\.(?!pxRatio)\w+ +?= \w+;/g, ''],
  [/let paths = uPlot\.paths = \{[^}]+\};\s+(?:\(paths\.\w+ += \w+\);\s+)+/, ''],
  [/\(opts\.plugins \|\| \[\]\)\.forEach\(p => \{[\s\S]+?\n\t\}\);/g, ''],
];

/** Scales are given with every draw, and what an axis has is fixed: numbers, grid lines, no ticks, no label. */
const fixedAxes: readonly Rule[] = [
  [
    /let rangeIsArr = isArr\(rn\);[\s\S]+?sc\.range = fnOrSelf\(rn \|\|[\s\S]+?\)\n\t+\)\);/,
    'sc.range = rn;',
  ],
  ['sc.auto = fnOrSelf(rangeIsArr ? false : sc.auto);', ''],
  [/\bx?sc\.auto\(self, viaAutoScaleX\)/g, 'false'],
  ['else if (s.show && s.auto)', 'else if (false)'],
  ['else if (scaleX.time)', 'else if (true)'],
  [/\baxis\.label != null\b/g, 'false'],
  [/\b(?:border|ticks)\.show\b/g, 'false'],
  ['let angle = axis._rotate * -PI/180;', 'const angle = 0;'],
  [/\baxis\.rotate\(self, values, i, _space\)/, '0'],
  [/const padding = self\.padding = .+/, ''],
  ['self._padding = padding.map((p, i) => p(self, i, sidesWithAxes, 0))', 'opts.padding'],
  [/\b(?:scale|sc|scaleX)\.dir == -1/g, 'false'],
  [/\bscaleX\.dir \* \(/g, '('],
];

/** A line has one colour, and all lines are as plain as each other. */
const plainLines: readonly Rule[] = [
  [/\b(?:stroke|fill)Path instanceof Map/g, 'false'],
  [/if \(bandClip\)/g, 'if (false)'],
  [/ \|\| bandClip\)/g, ')'],
  [/bands\.forEach\(b => \{[^}]+\}\);/, ''],
  [/let shouldAlpha = .+/, 'const shouldAlpha = false;'],
  [/\bctxAlpha != (?:s\.alpha|_ctxAlpha)/g, 'false'],
  ['if (endRad == 0 && baseRad == 0)', 'if (true)'],
  ['self.addSeries = addSeries;', ''],
  ['self.delSeries = delSeries;', ''],
  ['if (opts.title) {', 'if (false) {'],
];

/** The point of a line under the cursor is that of the slot, known or not. */
const plainCursor: readonly Rule[] = [
  ['if (cursor.dataIdx == null) {', 'if (false) {'],
  ['cursor.dataIdx(self, i, idx, valAtPosX)', 'idx'],
  ['getBBox = points.bbox;', 'getBBox = null;'],
  [/\bhCursor && .+/g, ''],
  [/markers\.\w+ += fnOrSelf\(markers\.\w+\);/g, ''],
  [/\tbind: \{[^}]+\},/, ''],
];

/** What would be made although nobody asks for it: a bundler cannot know that it does nothing. */
const madeForNobody: readonly Rule[] = [
  [/const numFormatter = .+/, ''],
  [/(days|months)\.map\(slice3\)/g, '$1'],
  [/const localTz = .+/, ''],
  [/const wholeIncrs = .+/, ''],
  ['genIncrs(2, -53, 53, [1]);', ''],
];

/** A picture that is taken away has a ratio of its own: site/take-away/panel-picture.ts asks for it, and back. */
const askedRatio: readonly Rule[] = [
  ['function setPxRatio() {', 'function setPxRatio(asked) {'],
  ['let _pxRatio = devicePixelRatio;', 'let _pxRatio = asked?.detail ?? devicePixelRatio;'],
  [
    'on(dppxchange, win, () => { uPlot.pxRatio = pxRatio; });',
    'on(dppxchange, win, () => { uPlot.pxRatio = pxRatio; }); on("plotratio", win, setPxRatio);',
  ],
];

const rules = [
  ...oneDirection,
  ...noLegend,
  ...cursorOfPage,
  ...ownWords,
  ...noPlugins,
  ...fixedAxes,
  ...plainLines,
  ...plainCursor,
  ...madeForNobody,
  ...fixedParts,
  ...askedRatio,
];

export function uplotParts(): Plugin {
  return {
    name: 'uplot-parts',
    transform(code, id) {
      return id.endsWith('/uPlot.esm.js') ? answered(code, rules, 'site/uplot-parts.ts') : null;
    },
  };
}
