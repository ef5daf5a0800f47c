/** What of a panel can be taken away: its numbers as CSV, its chart as PNG. All of it is read from what is shown. */
import * as say from '../text/take-away.ts';
import './panel-menu.css';
import { render } from 'preact';
import { saveAs } from '../admin/audit-csv.ts';
import { openEmbeds } from '../embed/embeds-dialog.tsx';
import { maySave } from '../views-menu/saved-views.ts';
import { addressWords, askedWords, pageName, shownAddress } from '../views-menu/shown-address.ts';
import { fileName } from './file-name.ts';
import { panelPicture } from './panel-picture.ts';
import { tableCsv } from './table-csv.ts';

export function openPanelMenu(button: HTMLElement): void {
  document.querySelector('.panel-menu')?.remove();
  const panel = button.closest('section');
  if (!panel) return;
  const menu = document.createElement('div');
  menu.className = 'panel-menu';
  menu.popover = 'auto';
  button.after(menu);
  render(<Choices panel={panel} close={() => menu.hidePopover()} />, menu);
  menu.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    // One Esc leaves one thing: a filter of the page stays.
    event.preventDefault();
    menu.hidePopover();
  });
  menu.addEventListener('toggle', ({ newState }) => {
    if (newState === 'closed') menu.remove();
  });
  menu.showPopover();
  const { right, bottom } = button.getBoundingClientRect();
  menu.style.left = `${Math.max(8, right - menu.offsetWidth)}px`;
  menu.style.top = `${Math.min(bottom + 4, innerHeight - menu.offsetHeight - 8)}px`;
  menu.querySelector('button')?.focus();
}

interface ChoicesProps {
  readonly panel: HTMLElement;
  readonly close: () => void;
}

function Choices({ panel, close }: ChoicesProps) {
  const table = panel.querySelector('table');
  // Panels of the Live view are what a frame can show.
  const panelName =
    location.pathname === '/' ? panel.getAttribute('aria-labelledby')?.replace('-title', '') : undefined;
  const hasChart = panel.querySelector('.plot canvas') !== null;
  const then = (save: () => void) => () => {
    save();
    close();
  };
  return (
    <>
      {table && (
        <button type="button" onClick={then(() => saveTable(panel, table))}>
          {say.numbersAsCsv}
        </button>
      )}
      {hasChart && (
        <button type="button" onClick={then(() => void savePicture(panel))}>
          {say.chartAsPng}
        </button>
      )}
      {maySave() && panelName && (
        <button type="button" onClick={then(() => openEmbeds(panelName, titleOf(panel)))}>
          {say.embed}
        </button>
      )}
    </>
  );
}

function saveTable(panel: HTMLElement, table: HTMLTableElement): void {
  saveAs(nameOf(panel, 'csv'), new Blob([tableCsv(table)], { type: 'text/csv' }));
}

async function savePicture(panel: HTMLElement): Promise<void> {
  const address = shownAddress() ?? location.pathname;
  const words = {
    title: `${titleOf(panel)}, ${pageName(location.pathname)}`,
    asked: askedWords(new URL(address, location.origin).searchParams),
    source: say.source(location.host, address, asOf().toISOString().slice(0, 16)),
  };
  saveAs(nameOf(panel, 'png'), await panelPicture(panel, words));
}

const titleOf = (panel: HTMLElement): string =>
  panel.querySelector('h2')?.textContent?.replaceAll(/\s+/g, ' ').trim() ?? '';

/** Of the picture that is shown, also a paused one. */
function asOf(): Date {
  const shown = document.querySelector<HTMLTimeElement>('.link-state time')?.dateTime;
  return shown ? new Date(shown) : new Date();
}

function nameOf(panel: HTMLElement, kind: 'csv' | 'png'): string {
  const title = panel.querySelector('h2')?.firstChild?.textContent ?? '';
  return fileName([addressWords(location.pathname), title, askedValues()], asOf(), kind);
}

const askedValues = (): string =>
  [...new URL(shownAddress() ?? '/', location.origin).searchParams.values()].join(' ');
