/**
 * Of Preact and its signals only what the pages do goes to browsers: components that are functions, drawn into an empty
 * place. As site/uplot-parts.ts has it for uPlot, each rule answers a question whose answer is always the same here:
 * 1.5 KB gzipped of 7.4. The versions are exact, and a rule that finds nothing stops the build. Names are one letter
 * long as these are published: in Preact `d` is a component, `t` and `r` what is drawn, `u` what was.
 */
import type { Plugin } from 'vite';
import { answered, type Rule } from './library-rules.ts';

/** No page comes drawn from a server, and none waits for a promise: there is no old element to be taken over. */
const drawnAnew: readonly Rule[] = [
  [/128&u\.__u&&\(c=32&u\.__u,.+?,l=o\[0\]\|\|l\),/, ''],
  ['32&u.__u?[i]:null,f,i||S(u),32&u.__u,o)', 'f,i||S(u),o)'],
  [/if\(e\.length=v,r\.__v=null,c\|\|o\).+?else r\.__e=u\.__e;/, 'e.length=v,r.__v=null,r.__e=u.__e;'],
  ['t&&t.then||D(r)', 'D(r)'],
  ['p&&p.some(g),', ''],
  [/!u&&\(i=t\.__c\)&&\(i=i\.__z\).+?g\(i\)\),/, ''],
  [/if\("svg"==C\?(.+?),o\)for\(s=0;.+?break\}/, '"svg"==C?$1;'],
  [',l&&(n.__m&&n.__m(r,o),l=!1),o=null', ''],
  [/if\(a="template"==C&&.+?\.value;/, 'a=t;'],
  ['l&&"function"!=typeof k||', ''],
  [',o&&o.some(g)', ''],
  ['l&&"textarea"!=C||(s="value",', '(s="value",'],
  ['l&&t.data==x||', ''],
  ['i=(u=t&&32&t.__u)?null:r.__k', 'i=r.__k'],
  // What a call hands on of it.
  ['i?null:r.firstChild?d.call(r.childNodes):null,f,i?i.__e:r.firstChild,u,o)', 'f,i&&i.__e,o)'],
  ['F(u.__e,r,u,i,f,o,e,c,a,t)', 'F(u.__e,r,u,i,f,e,a,t)'],
  ['function F(t,r,u,i,f,o,e,l,c,a)', 'function F(t,r,u,i,f,e,c,a)'],
  ['r,u,i,f,o,e,o?o[0]:u.__k&&S(u,0),l,c)', 'r,u,i,f,e,u.__k&&S(u,0),c)'],
  ['I(t,w(A)?A:[A],r,u,i,f,o,e,l,c,a)', 'I(t,w(A)?A:[A],r,u,i,f,e,l,a)'],
  ['function I(n,t,r,u,i,f,o,e,l,c,a)', 'function I(n,t,r,u,i,f,e,l,a)'],
  ['z(n,v,h,i,f,o,e,l,c,a)', 'z(n,v,h,i,f,e,l,a)'],
  ['function z(t,r,u,i,f,o,e,l,c,a)', 'function z(t,r,u,i,f,e,l,a)'],
];

/** Components are functions with hooks: no class, no context, none that takes another's error. */
const functionsOnly: readonly Rule[] = [
  [/C=\(s=V\.prototype\)&&s\.render,.+?s\.__:i,/, ''],
  [
    /\(C\?r\.__c=d=new V\(M,L\):\(r\.__c=d=new x\(M,L\),(.+?)\),j&&j\.sub\(d\),d\.state\|\|\(d\.state=\{\}\),/,
    '(r.__c=d=new x(M),$1,d.state={},',
  ],
  [/C&&\(d\.__s\|\|.+?d\.__s\)\)\)\),/, ''],
  [/M!==k&&C&&.+?componentWillReceiveProps\(M,L\),/, ''],
  ['d.shouldComponentUpdate(M,d.__s,L)', 'd.shouldComponentUpdate(M,d.__s)'],
  [/d\.componentWillUpdate&&.+?\(k,b,m\)\}\)\}else C&&.+?d\.componentDidMount\);/, '}'],
  ['d.context=L,', ''],
  ['q=C?25:0', 'q=0'],
  ['C&&(y.push.apply(d.__h,d.__k),d.__k=[]),', ''],
  [/d\.getChildContext&&.+?\(k,b\)\),/, ''],
  ['d.render(d.props,d.state=d.__s,d.context)', 'd.render(d.props,d.state=d.__s)'],
  [/if\(i\.componentWillUnmount\)try\{.+?\}catch\(t\)\{.+?\}/, ''],
  [/for\(var i,o,e;t=t\.__;\)if\(.+?catch\(t\)\{n=t\}\}/, ''],
];

/** Elements are of HTML and SVG, each where its parent is, and their text is escaped. */
const plainElements: readonly Rule[] = [
  ['M.__P&&(r.__e=null,l=s),', ''],
  [/M\.__P&&\(s=l,.+?S\(u,0\):null\),/, ''],
  ['"function"!=typeof n.type||n.props.__P?null', '"function"!=typeof n.type?null'],
  ['&&!n.props.__P', ''],
  ['if(n.props.__P)return t;', ''],
  ['||u&&!t.props.__P', '||u'],
  ['"math"==C?f="http://www.w3.org/1998/Math/MathML":', ''],
  [/\("foreignObject"==C\|\|.+?xhtml"\),/, ''],
  ['"dangerouslySetInnerHTML"==s?y=k:', ''],
  ['"dangerouslySetInnerHTML"==s?h=k:', ''],
  [/h\?\(l\|\|y&&.+?r\.__k=\[\]\):\(y&&\(t\.textContent=""\),/, '('],
  [',x.is?x:a)', ')'],
];

/** Signals have no names, no models, and no tools of a builder beside the page. */
const plainSignals: readonly Rule[] = [
  ['var i=Symbol.for("preact-signals");', ''],
  ['l.prototype.brand=i;', ''],
  [/this\.W=null==t\?.+?t\.name(?=\})/, ''],
  [/else f\(function\(\)\{var i;null==\(i=t\.W\).+?\}\)/, ''],
  [/if\(void 0===n\)f\(function\(\)\{var i;null==\(i=t\.Z\).+?\}\)/, ''],
  [',{name:"sub"}', ''],
  ['this.name=null==t?void 0:t.name;if(n)n.push(this)', ''],
  ['m.prototype.dispose=function(){this.d()};', ''],
  [
    'var t=o,r=n;o=void 0;n=void 0;try{return i()}finally{o=t;n=r}',
    'var t=o;o=void 0;try{return i()}finally{o=t}',
  ],
];

const plainBinding: readonly Rule[] = [
  ['m="undefined"!=typeof window&&!!window.__PREACT_SIGNALS_DEVTOOLS__', 'm'],
  ['if(m)null==(n=this.y)||n.call(this);', ''],
  ['t.name="ReactiveDom";', ''],
  ['w.displayName="ReactiveTextNode";', ''],
  [',"function"==typeof r.type?r.type.displayName||r.type.name:""', ''],
  ['r=this},{name:n})', 'r=this})'],
  ['"undefined"==typeof requestAnimationFrame?setTimeout:', ''],
  ['"__source"!==e&&', ''],
];

const rulesOf: Readonly<Record<string, readonly Rule[]>> = {
  '/preact/dist/preact.mjs': [...drawnAnew, ...functionsOnly, ...plainElements],
  '/signals-core/dist/signals-core.module.js': plainSignals,
  '/signals/dist/signals.module.js': plainBinding,
};

export function preactParts(): Plugin {
  return {
    name: 'preact-parts',
    transform(code, id) {
      const file = Object.keys(rulesOf).find((end) => id.endsWith(end));
      return file === undefined ? null : answered(code, rulesOf[file] ?? [], 'site/preact-parts.ts');
    },
  };
}
