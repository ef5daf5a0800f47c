/** What is behind it comes when it is asked for. */
export function openViewsMenu(): void {
  void import('./views-dialog.tsx').then(({ openViews }) => openViews());
}

export function ViewsButton() {
  return (
    <button type="button" class="button" aria-haspopup="dialog" aria-keyshortcuts="v" onClick={openViewsMenu}>
      Views
    </button>
  );
}
