import { whenAsked } from '../asked-for/when-asked.ts';
import * as say from '../text/views.ts';

export const openViewsMenu = (): void => whenAsked(({ openViews }) => openViews());

export function ViewsButton() {
  return (
    <button type="button" class="button" aria-haspopup="dialog" aria-keyshortcuts="v" onClick={openViewsMenu}>
      {say.views}
    </button>
  );
}
