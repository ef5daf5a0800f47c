/** What comes only when it is asked for, in one bundle: apart its parts would weigh a quarter more. */
import { showAnnotations, writeAnnotation } from '../annotations/annotation-dialog.tsx';
import { openKeySheet } from '../keys/key-sheet.tsx';
import { toggleKiosk } from '../kiosk/kiosk.ts';
import { openPanelMenu } from '../take-away/panel-menu.tsx';
import { TimeBar } from '../time/time-bar.tsx';
import { openViews } from '../views-menu/views-dialog.tsx';

export const parts = {
  openKeySheet,
  openPanelMenu,
  openViews,
  showAnnotations,
  TimeBar,
  toggleKiosk,
  writeAnnotation,
} as const;
