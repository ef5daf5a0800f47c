/** What of uPlot is always the same here: sides, sizes and inks of axes, scales, hooks, cursor. After site/uplot-parts.ts. */
import type { Rule } from './library-rules.ts';

/** The axis of times lies below, that of values left, each as wide as its options say: nothing is fitted in turns. */
const axisSides: readonly Rule[] = [
  ['(side == 0 || side == 3 ? -len : len)', 'len'],
  ['side == 0 || side == 3 ? -1 : 1', 'side == 3 ? -1 : 1'],
  ['if (side == 3) {', 'if (true) {'],
  ['if (side == 0) {', 'if (false) {'],
  [/case [01]: off.+/g, ''],
  [/axis\.align == [12] +\? (?:LEFT|RIGHT) :/g, ''],
  ['side == 3 ? RIGHT : LEFT', 'RIGHT'],
  ['side == 2 ? TOP   : BOTTOM', 'TOP'],
  ['(axis.alignTo == 2 ? axis._size - _tickSize - axis.gap : axis.gap)', 'axis.gap'],
  [/sidesWithAxes\[.\] = \w+;/g, ''],
  ['let paddingConverged = paddingCalc(cycleNum);', ''],
  ['(axesConverged && paddingConverged)', 'axesConverged'],
  ['axis._el = placeDiv(AXIS, wrap);', ''],
  [/axes\.forEach\(\(\{ _el[\s\S]+?\n\t\t\t\}\);/, ''],
  ['axis.size   = fnOrSelf(axis.size);', ''],
  ['axis.size(self, null, i, 0)', 'axis.size'],
  [/let oldSize = axis\._size;[\s\S]+?converged = false;/, ''],
  ['axis.rotate = fnOrSelf(axis.rotate);', ''],
  [/axis\._rotate = side == 2 .+/, ''],
];

/** Lines of the y axis are given with each draw; steps of time are whole seconds or more, and less than a month. */
const axisSteps: readonly Rule[] = [
  [/let subSecIncrs = .+/, 'const subSecIncrs = [];'],
  [/const (?:dec|one|num)Incrs = .+/g, ''],
  [/if \(isArr\(axis\.incrs\)\) \{[\s\S]+?\n\t\t\t\}/, ''],
  [/axis\.incrs {2}= .+/, ''],
  [/let incrs {4}= .+/, 'const incrs = timeIncrsMs;'],
  [
    'findIncr(min, max, incrs, fullDim, minSpace);',
    'axisIdx == 0 ? findIncr(min, max, incrs, fullDim, minSpace) : [1, 1];',
  ],
  [/let intDigits = .+/, ''],
  [/ && intDigits \+ .+ <= 17/, ''],
  ['let isYr = foundIncr >= y;', 'const isYr = false;'],
  [/let isMo = .+/, 'const isMo = false;'],
  ['fixFloat(ceil(fixFloat(num/incr))*incr)', 'ceil(num / incr) * incr'],
  ['fixFloat(roundDec(fixFloat(num/incr))*incr)', 'round(num / incr) * incr'],
  ['axis.space  = fnOrSelf(axis.space);', ''],
  ['axis.space(self, axisIdx, min, max, fullDim)', 'axis.space'],
];

/** Ink, font and words of an axis are its options, one line each; all of its values are shown. */
const axisInk: readonly Rule[] = [
  [/axis\.(?:grid\.|ticks\.|border\.)?stroke +?= fnOrSelf\(.+/g, ''],
  ['grid.stroke(self, i)', 'grid.stroke'],
  ['axis.stroke(self, i)', 'axis.stroke'],
  [/axis\.filter = .+/, ''],
  [/\b(?:axis|grid)\.filter\(self, splits, i, _space, incr\)/g, 'splits'],
  ['\tfilter: retArg1,', ''],
  [/const (?:ticks|border) = assign[\s\S]+?\}\);/g, ''],
  [/let (?:ticks|border) = axis\.\w+;/g, ''],
  [/\t(?:ticks|border|font|labelFont|lineGap),\n/g, ''],
  [/\t(?:labelGap|labelSize|rotate|alignTo): \d+,\n/g, ''],
  [/const font {6}= .+/, ''],
  [/const labelFont = .+/, ''],
  ['axis.labelFont = pxRatioFont(axis.labelFont);', ''],
  ['[axis.font, axis.labelFont].forEach(', '[axis.font].forEach('],
  ['let lineHeight = axis.font[1] * axis.lineGap;', ''],
  [
    /let _parts = [\s\S]+?ctx\.fillText\(text, x, y \+ j \* lineHeight\);\n\t{5}\}/,
    'ctx.fillText(val, x, y);',
  ],
];

/** Scales are as wide as they were set: nothing is fitted to what the lines hold. */
const setScalesOnly: readonly Rule[] = [
  ['sc.clamp = fnOrSelf(sc.clamp || clampScale);', ''],
  [/\/\/ implicitly add auto scales[\s\S]+?(?=\/\/ explicitly setting)/, ''],
  ['if (psc.min != null)', 'if (true)'],
  [
    /let minMax = wsc\.range\(self, wsc\.min, wsc\.max, k\);\s+wsc\.min = minMax\[0\];\s+wsc\.max = minMax\[1\];/,
    '',
  ],
  [/\/\/ range independent scales[\s\S]+?(?=let changed = \{\};)/, '}'],
  ['if (dataLen == 0) {', 'if (false) {'],
  ['if (opts.min > opts.max) {', 'if (false) {'],
  [/if \(dataLen > 1 && opts\.min != null .+\s+return;/, ''],
  ['if (_resetScales !== false) {', 'if (false) {'],
  ['data = _data == null ? [] : _data;', 'data = _data;'],
  ['if (data.length == 0)', 'if (false)'],
  [/if \(pendScales\[xScaleKey\]\)\s+setScale\(.+\s+else\s+autoScaleX\(\);/, ''],
  [/self\.redraw = [\s\S]+?\n\t\};/, 'self.redraw = commit;'],
];

/** Of the hooks those of drawing are used. Who moves the cursor is no event of uPlot's. */
const fewHooks: readonly Rule[] = [
  [/(?:_fire !== false && )?fire\("(?!draw(?:Clear)?")\w+"[^;]*;/g, ''],
  [/if \(deferHooks\)\s+hooksQueue.+\s+else \{/, '{'],
  ['deferHooks = _deferHooks;', ''],
  [/if \(_deferHooks && hooksQueue.+\s+.+;/, ''],
  ['const hooks = self.hooks = opts.hooks || {};', 'const hooks = opts.hooks;'],
  [/if \(!ready\) \{[\s\S]+?\n\t\t\}/, ''],
  ['self.status = 0;', ''],
  [/on\((?:resize|scroll), win, .+/g, ''],
  [/cursorPlots\.(?:add|delete)\(self\);/g, ''],
  ['self.syncRect = syncRect;', ''],
  ['\n\t\t\tsyncRect(true);', ''],
  [/Object\.defineProperty\(self, 'rect'[\s\S]+?\n\t\}\);/, ''],
  ['mouseListeners.clear();', ''],
];

/** A line across, and a point on each line of the plot. */
const fixedCursor: readonly Rule[] = [
  ['const showCursor =                cursor.show;', ''],
  [/\bshowCursor\b/g, 'true'],
  [', {drag: {y: false}}', ''],
  [/\tdrag: \{\n\t\tsetScale[\s\S]+?\n\tleft: -10,/, '\tleft: -10,'],
  ['move: cursorMove,', ''],
  ['[mouseLeft1, mouseTop1] = cursor.move(self, mouseLeft1, mouseTop1);', ''],
  ['const drag = cursor.drag;', ''],
  [/let drag([XY]) = drag\.\w;/g, ''],
  [/drag\._[xy] = drag[XY];/g, ''],
  [/const focus = self\.focus = .+/, ''],
  [/const select = self\.select = assign\(\{[\s\S]+?\}, opts\.select\);/, ''],
  [/shouldSetSelect = false && .+/, ''],
  ['if (cursor.x)', ''],
  ['if (cursor.y)', 'if (false)'],
  [/\bvCursor && /g, ''],
  ['cursor._lock = false;', ''],
  ['points.show   = fnOrSelf(points.show);', ''],
  ['points.stroke = fnOrSelf(points.stroke);', ''],
  ['points.fill   = fnOrSelf(points.fill);', ''],
  ['if (pt instanceof HTMLElement) {', '{'],
  ['addClass(pt, s.class);', ''],
  [/const legend {5}= .+/, ''],
  ['legend.idxs = activeIdxs;', ''],
  ['const markers    = legend.markers;', ''],
  [/legend\.idx = idx;\s+setLegend\(\);/, 'shouldSetLegend = false;'],
  ['self.setLegend = setLegend;', ''],
  [/self\.(?:posToIdx|valToIdx) = .+/g, ''],
];

/** A series is a line with points where its filter says, and the canvas is in the place that it was given. */
const fixedSeries: readonly Rule[] = [
  ['mode: ifNull(opts.mode, 1),', ''],
  ['const mode = u.mode;', ''],
  [/if \(opts\.id != null\)\s+root\.id = opts\.id;\s+addClass\(root, opts\.class\);/, ''],
  [/if \(then\) \{[\s\S]+?else\n\t\t_init\(\);/, 'then.appendChild(root); _init();'],
  [/const drawOrder = .+/, ''],
  ['drawOrder.forEach(fn => fn());', 'drawAxesGrid(); drawSeries();'],
  ['const ms = opts.ms || 1e-3;', 'const ms = 1;'],
  [/const pxAlign = .+/, ''],
  ['const pxRound = pxRoundGen(pxAlign);', 'const pxRound = round;'],
  ['s.pxAlign == 1 && offset > 0', 'offset > 0'],
  [/\bpxAlign == 1 && /g, ''],
  [/s\.pxAlign = .+\s+s\.pxRound = .+/, 's.pxRound = round;'],
  ['points.pxAlign = s.pxAlign;', ''],
  ['s.paths || linearPath || retNull', 'linearPath'],
  ['s.fillTo = fnOrSelf(s.fillTo || seriesFillTo);', ''],
  ['series.fillTo(u, seriesIdx, series.min, series.max, bandFillDir)', '0'],
  [/let _ptDia = .+/, ''],
  [/size: _ptDia,[\s\S]+?_fill: null,\n/, 'stroke: s.stroke, paths: pointsPath,\n'],
  ['\t\tshow: seriesPointsShow,\n', ''],
  [/\tfacets: \[[\s\S]+?\t\],\n/, ''],
  ['series.gaps(u, seriesIdx, idx0, idx1, gaps)', 'gaps'],
  ['!series.spanGaps', 'true'],
  ['ifNull(opts?.alignGaps, 0)', '0'],
  [/\bdir == 1\b/g, 'true'],
  [/\balign [<>]= 0 && /g, ''],
  ['ori == 0 ? rectH : rectV', 'rectH'],
  ['const rectV = rect(1);', ''],
  ['const rectH = rect(0);', 'const rectH = (p, x, y, w, h) => { p.rect(x, y, w, h); };'],
];

/** What a browser of today has, and reads of values that nobody wants any more: these would stay. */
const leftOvers: readonly Rule[] = [
  ["const domEnv = typeof window != 'undefined';", 'const domEnv = true;'],
  [/const microTask = .+/, 'const microTask = queueMicrotask;'],
  ['let bitwise = hi <= 2147483647;', 'const bitwise = true;'],
  [/const (?:pow|sign|log10|log2) = .+/g, ''],
  [/const xScaleDistr = .+/, ''],
  [/let distr = sc\.distr;/g, ''],
  [/let isTime = (?:true && scales\[s\.scale\]|sc)\.time;/g, ''],
  ['let av = axis.values;', ''],
];

export const fixedParts: readonly Rule[] = [
  ...axisSides,
  ...axisSteps,
  ...axisInk,
  ...setScalesOnly,
  ...fewHooks,
  ...fixedCursor,
  ...fixedSeries,
  ...leftOvers,
];
