/** Analytics of the stream, by the batch layer. */
import { plural } from './plural.ts';

export const oneTitle = 'One title';
export const byHourOfTheDay = 'By hour of the day';
export const hoursRemark = 'events an hour, mean of the days, UTC';
export const inUtc = (shownTitle: string): string => `${shownTitle}, UTC`;
export const noEventsWereCounted = 'No events were counted';
export const eventsByHourOfTheDayUtc = 'Events by hour of the day, UTC';
export const hour = 'Hour';
export const mean = 'Mean';
export const events = 'Events';
export const views = 'Views';
export const downloads = 'Downloads';
export const noTitleViewed = 'No title was viewed in these days. The next one stands here by itself.';
export const pressATitle = (step: string): string =>
  `Press a title in a list: its views by ${step} stand here.`;
export const viewsBy = (step: string): string => `views by ${step}`;
export const nothingOf = (title: string): string => `Nothing of ${title} was counted`;
export const titleBy = (title: string, step: string): string => `${title} by ${step}, UTC`;
export const day = 'Day';
export const completed = 'Completed';
export const success = 'Success';
export const noDownloads = 'no downloads';
export const titlesByViews = 'Titles by views';
export const title = 'Title';
export const watched = 'Watched';
export const h = 'h';
export const titlesByNumberOfRatings = 'Titles by number of ratings';
export const ofTen = 'of 10';
export const ratings = 'Ratings';
export const allOtherTitles = 'All other titles';
export const mostViewed = 'Most viewed';
export const noViewsWereCounted = 'No views were counted';
export const meanHours = (mean: string): string => `${mean} h`;
export const mostRatedFirst = 'most rated first';
export const noRatingsWereCounted = 'No ratings were counted';
export const busiestUsers = 'Busiest users';
export const needsAnalyst =
  'This tells what single people did, if under pseudonyms, so it needs the role analyst; yours is viewer. An admin can change it.';
export const noUsersYet = (day: string): string =>
  `No users of ${day} yet. A day's users are counted once it is over and all of its hours are computed: choose an earlier day, or look again later.`;
export const usersOf = (day: string): string => `Users of ${day} by events`;
export const user = 'User';
export const region = 'Region';
export const titles = 'Titles';
export const meanDuration = 'Mean duration';
export const min = 'min';
export const ofEachRegionUnderPseudonyms = 'of each region, under pseudonyms';
export const noDurationTold = 'no duration told';
export const minutesLong = (text: string): string => `${text} min`;
export const askingHowFarTheBatchLayerIs = 'Asking how far the batch layer is.';
export const computedByBatch = 'Computed by the batch layer, late events included:';
export const ofRegions = 'of regions';
export const openHours = '. Hours that are still open are in the';
export const liveView = 'Live view';
export const notFoundOut = (failure: string): string => `They could not be found out. ${failure}`;
export const looking = 'Looking';
export const missingCaption = 'What is missing, newest first, UTC';
export const utc = 'UTC';
export const missing = 'Missing';
export const of = 'Of';
export const hourComesByItself =
  'An hour is computed by itself about 25 minutes after it ends, and again when late events came.';
export const stillTakesEvents = 'still takes events';
export const due = 'due';
export const compute = 'Compute';
export const batchKnowsNone = 'The batch layer knows of no events in these days';
export const allThereIs = ', all there is';
export const lastHour = ', last ';
export const hoursThatAreMissing = 'Hours that are missing';
export const whatToDo = 'What to do';
export const whenItComes = 'When it comes';
export const asking = 'Asking';
export const nothingWasBegun = (text: string): string => `Nothing was begun. ${text}`;
export const heldOff = (held: number): string => ` Held off: ${held}, which go on already or are frozen.`;
export const utcAnd = 'UTC,';
export const allRegions = 'all regions';
export const share = 'Share';
export const noViews = 'no views';
export const change = 'Change';
export const noEventsCounted = 'no events counted';
export const eventsAnHour = (mean: string): string => `${mean} events an hour`;
export const nothingCounted = 'nothing counted';
export const viewsCount = (count: number): string => `${count} ${plural(count, 'view', 'views')}`;
export const runsBegun = (count: number, rest: string): string =>
  `${count} ${plural(count, 'run was', 'runs were')} begun; the numbers follow in some minutes.${rest}`;
export const hoursOf = (computed: string, count: number, counted: string): string =>
  `${computed} of ${counted} ${plural(count, 'hour', 'hours')}`;
export const missingBelow = (count: number): string =>
  `${count} ${plural(count, 'hour is', 'hours are')} not computed yet and missing below: which?`;
export const annotations = 'Annotations';
