/** Saved views. */

export const changedMeanwhile = (name: string, visibility: string, shown: string): string =>
  `Somebody has changed this view meanwhile: it is “${name}” now, ${visibility}, ${shown}. Nothing was overwritten. Send again to replace that.`;
export const deletedMeanwhile = 'Somebody has deleted this view meanwhile.';
export const views = 'Views';
export const viewsDidNotCome = (text: string): string => `The saved views did not come. ${text}`;
export const tryAgain = 'Try again';
export const noneYet = 'There are none yet. A view is a page with its filters and range, under a name';
export const loading = 'Loading';
export const byAuthor = (author: string): string => `, by ${author}`;
export const change = 'Change';
export const remove = 'Delete';
export const saveWhatIsShown = 'Save what is shown';
export const replaceByWhatIsShown = 'Replace what it shows by what is shown now:';
export const whoSeesIt = 'Who sees it';
export const savedViews = 'Saved views';
export const analystsSaveThem = '; analysts save them.';
export const shared = 'Shared';
export const yoursAlone = 'Yours alone';
export const saveThisView = 'Save this view';
export const saved = 'Saved';
export const changeIt = 'Change it';
export const changed = 'Changed';
export const goneForEverybody = ' It is gone for everybody.';
export const deleteIt = 'Delete it';
export const deleted = 'Deleted';
export const onlyYouSeeIt = 'only you see it';
export const everybodySeesIt = 'everybody sees it';
export const name = 'Name';
export const personal = 'Personal';
