/** The Live view in words: its state, times, alerts and keys. */
import { plural } from './plural.ts';

export const critical = 'Critical';
export const warning = 'Warning';
export const info = 'Info';
export const successRate = 'success rate';
export const below = 'below';
export const errorRate = 'error rate';
export const above = 'above';
export const withoutEvents = 'without events';
export const limit = 'limit';
export const windowsCutShort = 'windows cut short';
export const eventsUnaccountedFor = 'events unaccounted for';
export const min = (value: string): string => `${value}\u202fmin`;
export const download = 'download';
export const downloads = 'downloads';
export const correctedByLateData = (times: string): string => `corrected ${times} by late data`;
export const healthyAgain = 'healthy again';
export const lateDataUndidItsCause = 'late data undid its cause';
export const itsRuleHasChanged = 'its rule has changed';
export const closedByAPerson = 'closed by a person';
export const range = (from: string, hour: string): string => `${from} to ${hour}`;
export const alertOf = (part: string, message: string): string => `${part} alert: ${message}`;
export const resolvedAlert = (resolution: string, message: string): string =>
  `Resolved, ${resolution}: ${message}`;
export const times = (count: number): string => `${count} times`;
export const region = 'Region';
export const device = 'Device';
export const type = 'Type';
export const title = 'Title';
export const giveBothTimes = 'Give a first and a last time.';
export const firstBeforeLast = 'The first time must be before the last.';
export const atMost7Days = 'At most 7 days.';
export const sendAgainSafely = (text: string): string => `${text} Send it again: only the first is kept.`;
export const theLiveConnectionDoesNotOpen = 'The live connection does not open';
export const proxyMayBlock =
  'The server is up and its health check passes. A proxy on the way may block WebSockets.';
export const theServerIsNotWell = 'The server is not well';
export const healthAnswers = (status: number): string => `/health answers ${status}.`;
export const theServerDoesNotAnswer = 'The server does not answer';
export const nothingHeardFrom = (host: string): string => `Nothing was heard from ${host}.`;
export const frameNotTaken = (code: string, message: string): string =>
  `The server did not take a frame: ${code}: ${message}`;
export const topTitles = 'top titles';
export const downloadsFail = (parts: string): string => `Downloads fail ${parts}.`;
export const onAll = (word: string, count: number, kind: string): string => `${word} all ${count} ${kind}`;
export const onSome = (word: string, failing: number, count: number, kind: string): string =>
  `${word} ${failing} of ${count} ${kind}`;
export const last15Minutes = 'last 15 minutes';
export const lastHour = 'last hour';
export const last6Hours = 'last 6 hours';
export const last24Hours = 'last 24 hours';
export const last7Days = 'last 7 days';
export const inFiveMinutes = 'in 5 min';
export const inFiveMinutesTo = (end: string): string => `in 5 min to ${end}`;
export const inTheLastHour = 'in the last hour';
export const inTheHourTo = (end: string): string => `in the hour to ${end}`;
export const overTheLastMinute = 'over the last minute';
export const overTheMinuteTo = (end: string): string => `over the minute to ${end}`;
export const last = (length: string): string => `Last ${length}`;
export const todaySoFar = 'today so far';
export const thisTime = 'this time';
export const mean = (text: string): string => `mean, ${text}`;
export const lastDay = 'Last 24 hours';
export const lastDayOfIt = 'Last 24 hours of it';
export const last5Minutes = 'Last 5 minutes';
export const fiveMinutesTo = (end: string): string => `5 minutes to ${end}`;
export const inThe = (text: string): string => `in the ${text}`;
export const inThisTime = 'in this time';
export const minutes = (lengthMs: number): string => `${lengthMs} minutes`;
export const bySeconds = (slotMs: number): string => `by ${slotMs} s`;
export const byMinute = 'by minute';
export const byHour = 'by hour';
export const byMinutes = (slotMs: number): string => `by ${slotMs} min`;
export const minutesAgo = (minutes: number): string => `${minutes}\u202fmin ago`;
export const hoursAgo = (hours: number): string => `${hours}\u202fh ago`;
export const daysAgo = (floor: number): string => `${floor}\u202fd ago`;
export const isNew = 'new';
export const unchanged = 'unchanged';
export const inTheLast5Minutes = 'in the last 5 minutes';
export const alsoFiring = (headline: string, alerts: string): string => `${headline}, ${alerts} firing`;
export const regionsCount = (more: number): string => `${more} regions`;
export const isAcknowledged = 'Acknowledged.';
export const someAcknowledged = (count: number, firing: number): string =>
  `${count} of ${firing} acknowledged.`;
export const noEventsOver = (overText: string): string => `No events ${overText}`;
export const theRegionIsHealthy = 'The region is healthy';
export const allRegionsHealthy = (total: number): string => `All ${total} regions are healthy`;
export const oneActiveHealthy = 'The one active region is healthy';
export const allActiveHealthy = (active: number): string => `All ${active} active regions are healthy`;
export const noEventsFrom = (listed: string): string => `No events in the last hour from ${listed}.`;
export const andMore = (names: string, names2: number): string => `${names} and ${names2} more`;
export const bothOf = (names: string, at: string): string => `${names} and ${at}`;
export const allOthers = 'all others';
export const more = (rest: number): string => `${rest} more`;
export const pauseAndResume = 'Pause and resume';
export const whatIsShown = 'What is shown';
export const tablesKey = 'Show or hide the tables beside the charts';
export const undoKey = 'Undo what was asked for last; leave a comment';
export const aMinuteBack = 'A minute back';
export const aMinuteOn = 'A minute on';
export const live = 'Live';
export const todaySoFarKey = 'Today so far';
export const zoomOut = 'Zoom out';
export const showOrHideTheBarOfTimes = 'Show or hide the bar of times';
export const devices = 'Devices';
export const contentTypes = 'Content types';
export const eventTypes = 'Event types';
export const alertsCount = (count: number): string => `${count} ${plural(count, 'alert', 'alerts')}`;
export const alertsFiringIn = (count: number, place: string): string =>
  `${alertsCount(count)} ${plural(count, 'is', 'are')} firing in ${place}`;
/** "3 of 12 regions are" */
const regionsAre = (count: number, total: number): string =>
  `${count} of ${total} regions ${plural(count, 'is', 'are')}`;
export const failingDownloads = (count: number, total: number): string =>
  `${regionsAre(count, total)} failing downloads`;
export const silentCount = (count: number, total: number): string => `${regionsAre(count, total)} silent`;
export const haveRecovered = (count: number, names: string): string =>
  `${names} ${plural(count, 'has', 'have')} recovered.`;
export const areSilent = (count: number, names: string): string =>
  `${names} ${plural(count, 'is', 'are')} silent.`;
const placesFrom = (count: number, before: number): string =>
  `${count} ${plural(count, 'place', 'places')}, from ${before}`;
export const upFrom = (count: number, before: number): string => `up ${placesFrom(count, before)}`;
export const downFrom = (count: number, before: number): string => `down ${placesFrom(count, before)}`;
export const theLast = (length: string): string => `The last ${length}`;
export const minutesUnit = ' min';
export const on = 'on';
export const forTitles = 'for';
export const devicesFail = 'devices';
/** Between two names or two places. */
export const and = ' and ';
