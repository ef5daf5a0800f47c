/** The body of /docs/problems, where the `type` of every problem points to. */
import { type ProblemCode, problem, problems } from '../../core/protocol/problem.ts';
import { problemHelp } from '../../core/protocol/problem-help.ts';
import * as say from '../text/docs.ts';
import { frame } from './frame.ts';
import { type Html, html, phrase } from './html.ts';

export function problemsPage(): Html {
  const codes = Object.keys(problems) as ProblemCode[];
  const links = codes.map(
    (code) =>
      html`<li><a href="#${code}"><span class="verb">${problems[code].status}</span> <span>${code}</span></a></li>`,
  );
  const main = html`
    <div class="columns">
      <nav class="contents" aria-label="Problems">
        <details open>
          <summary>Problems</summary>
          <ul>${links}</ul>
        </details>
      </nav>
      <main id="main" tabindex="-1">
        <header class="intro">
          <h1>Problems</h1>
          <p>
            Every error answer is <code>application/problem+json</code> (RFC 9457). Programs decide by
            <code>code</code>, people read <code>detail</code>, and <code>request_id</code> finds the request in the log.
          </p>
        </header>
        ${codes.map(problemSection)}
      </main>
    </div>`;
  return frame('/docs/problems', say.problems, main);
}

function problemSection(code: ProblemCode): Html {
  const { status, title } = problems[code];
  const { meaning, remedy } = problemHelp[code];
  const example = { ...problem(code, '…'), request_id: '0190f3c2-5a61-7c1e-9f0e-3f6f4d2b8a11' };
  return html`
    <section class="operation problem" id="${code}" aria-labelledby="${code}-title">
      <div class="told">
        <h2 id="${code}-title"><a href="#${code}">${title}</a></h2>
        <p class="address"><b class="method">${status}</b> <code>${code}</code></p>
        <dl class="facts">
          <div><dt>What it means</dt><dd>${phrase(meaning)}</dd></div>
          <div><dt>What to do</dt><dd>${phrase(remedy)}</dd></div>
        </dl>
      </div>
      <div class="desk">
        <figure class="code">
          <figcaption>Body</figcaption>
          <pre tabindex="0" aria-label="Body of ${code}"><code>${JSON.stringify(example, null, 2)}</code></pre>
        </figure>
      </div>
    </section>`;
}
