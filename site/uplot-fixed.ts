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

/** Two scales, both set before anything is drawn: what is set is what holds, and both axes stand from then on. */
const twoScales: readonly Rule[] = [
  [/for \(let k in opts\.scales\)\s+initScale\(k\);/, ''],
  [/if \(true\) \{\s+series\.forEach\(s => \{\s+initScale\(s\.scale\);\s+\}\);\s+\}/, ''],
  [/axes\.forEach\(a => \{\s+initScale\(a\.scale\);\s+\}\);/, ''],
  [/if \(sc == null\) \{(?=\s+let scaleOpts)/, '{'],
  ['(opts.scales || EMPTY_OBJ)[scaleKey] || EMPTY_OBJ', 'opts.scales[scaleKey]'],
  [/\/\/ explicitly-set initial scales\s+for [\s\S]+?\n\t\}/, ''],
  ['wipScales[k] = copy(scales[k], fastIsObj);', 'wipScales[k] = psc;'],
  [/if \(true\)\s+assign\(wsc, psc\);\s+else if .+/, 'if (false) {'],
  [/s\.min = data0\[i0\];\s+s\.max = data0\[i1\];/, ''],
  [/s\.idxs\[0\] = i0;\s+s\.idxs\[1\] = i1;/, ''],
  ['const idxs = true ? series[0].idxs : null;', ''],
  ['\n\t\t\tconvergeSize();', '\n\t\t\taxesCalc();'],
  [/if \(scale\.min == null\) \{\s+if \(axis\._show[\s\S]+?(?=let side = axis\.side;)/, ''],
  [/if \(sc == null\) \{\s+axis\.scale = .+\s+sc = .+\s+\}/, ''],
  ['axis._show = axis.show;', ''],
  [/\baxis\.show && axis\._show\b/g, 'axis.show'],
  ['!axis.show || !axis._show', '!axis.show'],
  [/axis\._space {2}=\s+axis\._rotate =[\s\S]+?axis\._values = null;/, ''],
  [/if \(axis\._size > 0\) \{\s+\}/, ''],
  [/let (?:off1|off0|_tickSize|tickSize) = .+/g, ''],
  ['(tickSize + axisGap)', 'axisGap'],
  ['self.posToVal = posToVal;', ''],
  [/if \(can\)\s+pos = .+/, ''],
  [/if \(sc\.ori == 1\) \{\s+dim = plotHgtCss;\s+pos = dim - pos;\s+\}/, ''],
];

/** Options of this site are plain, and complete but for these few. */
const plainOptions: readonly Rule[] = [
  ['opts = copy(opts);', ''],
  [/else if \(o instanceof TypedArray\).+\s+out = o\.slice\(\);/, ''],
  [/if \(k(?:ey)? != __proto__\)/g, ''],
  [/const TypedArray = .+/, ''],
  ['const bands   = self.bands  = opts.bands || [];', 'const bands = [];'],
  [/opts\.(series|axes) +\|\| \[\]/g, 'opts.$1'],
  [/let d2 = initY.+/, 'const d2 = d;'],
  [/\tdistr: 1,\n\tlog: 10,\n\tasinh: 1,\n/, ''],
  [/\tsorted: 1,\n[\s\S]+?idxs: \[\],\n/, ''],
  [/\tspanGaps: false,\n\tgaps,\n[\s\S]+?clip: null,\n/, ''],
  [/\tshow: true,\n\tx: true,\n\ty: true,\n\tlock: false,\n/, ''],
  [/\tidx: null,\n\tdataIdx: null,\n\tidxs: null,\n\n\tevent: null,\n/, ''],
  [/size: +cursorPointSize,\s+width: +0,/, ''],
  [/points\.(?:size|width) += fnOrSelf\(points\.(?:size|width)\);/g, ''],
  ['o.size(self, si)', 'o.size'],
  [/let width = o\.width\(self, si, size\);\s+width && .+/, ''],
  ['points.size(self, i)', 'points.size'],
  [/const _tzDate .+/, 'const _tzDate = ts => new Date(ts);'],
  [/\t\ty \* \d+,\n/g, ''],
  [/const _timeAxisStamps = \[[\s\S]+?\n\t\];/, ''],
];

/** A path is a line with its gaps: every value of it is drawn, and nothing else asks for its parts. */
const plainPaths: readonly Rule[] = [
  ['const decimate = idx1 - idx0 >= xDim * 4;', 'const decimate = false;'],
  [/moveToH,\s+lineToH,\s+rectH,\s+arcH,\s+bezierCurveToH,/, ''],
  [', band: null, gaps: null, flags: BAND_CLIP_FILL', ''],
  ['_paths.gaps = gaps = gaps;', ''],
  ['flags: BAND_CLIP_FILL | BAND_CLIP_STROKE,', ''],
  [/let _gaps = .+/, ''],
  [/, _gaps\)/g, ')'],
  ['\t\t\tflags,\n', ''],
  ['fillStroke(si, strokeStyle,', 'strokeFill(strokeStyle,'],
  [/fill, flags, (boundsClip, )?gapsClip\);/g, 'fill, $1gapsClip);'],
  [/\bfillPath, flags, boundsClip, gapsClip, gapsClip2, bandClip\)/g, 'fillPath, boundsClip, gapsClip)'],
  [/let cl = el\.classList;\s+!cl\.contains\(c\) && cl\.add\(c\);/, 'el.classList.add(c);'],
  [/let cl = el\.classList;\s+cl\.contains\(c\) && cl\.remove\(c\);/, 'el.classList.remove(c);'],
  ['capt ? evOpts2 : evOpts', 'evOpts'],
  [/const evOpts2 = .+/, ''],
  ['const abs = M.abs;', ''],
];

/** Points under the cursor keep the size that they were made with; times are whole ms. */
const plainPoints: readonly Rule[] = [
  ['elSize(pt, ptWid, ptHgt, centered);', ''],
  [/ptWid = ptHgt = points\.size;/, ''],
  [/roundDec\((minDate|minMin) \* ms, 3\)/g, '+$1'],
  ['roundDec(split + foundIncr, true ? 0 : 3)', 'split + foundIncr'],
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
  ...twoScales,
  ...plainOptions,
  ...plainPaths,
  ...plainPoints,
];
