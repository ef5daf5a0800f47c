/** The panels of the Live view. */

export const closeQuestion = 'Close it? Healthy minutes would resolve it by themselves.';
export const cancel = 'Cancel';
export const notClosed = 'Not closed.';
export const notAcknowledged = 'Not acknowledged.';
export const commentOnTheAcknowledgement = 'Comment on the acknowledgement';
export const commentIfYouLike = 'Comment, if you like';
export const sending = 'Sending';
export const closeAlert = 'Close alert';
export const acknowledge = 'Acknowledge';
export const close = 'Close';
export const resolvedTag = 'resolved';
export const details = 'Details';
export const ofAlert = (message: string): string => `of ${message}`;
export const since = (alertPeriod: string): string => `since ${alertPeriod}`;
export const acknowledged = 'Acknowledged';
export const by = (by: string): string => `by ${by}`;
export const justNow = 'just now';
export const goesOnFor = (count: string, unit: string): string => `for ${count}\u202f${unit}`;
export const atTime = (hour: string): string => ` at ${hour}`;
export const alerts = 'Alerts';
export const firingElsewhere = (firingElsewhere: number): string =>
  `${firingElsewhere} firing in other regions`;
export const showFewer = 'Show fewer';
export const showMore = (hidden: number): string => `Show ${hidden} more`;
export const resolvedCount = (resolved: number): string => `${resolved} resolved in the last hour`;
export const noneHere = 'none here';
export const noneFiring = (over: string): string => `none firing, ${over}`;
export const firingCount = (firing: number): string => `${firing} firing`;
export const firingOver = (firing: number, over: string): string => `${firing} firing, ${over}`;
export const noDownloads = 'no downloads';
export const inTheLast60S = 'in the last 60 s';
export const notKnown = 'not known';
export const fromReceiptToFrame = 'from receipt to frame';
export const notKept = 'not kept';
export const noDownloadsOver = (over: string): string => `no downloads ${over}`;
export const failedOf = (failed: string, downloads: string, over: string): string =>
  `${failed} of ${downloads} failed ${over}`;
export const allRegions = 'All regions';
export const noAlertsInTheLastHour = 'No alerts in the last hour';
export const didNotCome = (failure: string): string =>
  `What is asked for did not come: ${failure} Asking again.`;
export const loading = 'Loading';
export const asOf = (clock: string): string => `as of ${clock}`;
export const sendOneWithKey = 'Send one, with the key of a producer as';
export const whereKeysAre = 'An admin makes keys. A local run has one as';
export const inWord = 'in';
export const commandThatSendsAnEvent = 'Command that sends an event';
export const copied = 'Copied';
export const copy = 'Copy';
export const leftOutOfAddress =
  'Left out of the address, as it means nothing here or does not go with the rest:';
export const map = 'Map';
export const sizeByTraffic = 'size by traffic';
export const someOfRegions = (marksMax: number, all: number): string => `, ${marksMax} of ${all} regions`;
export const regionsOnTheMap = 'Regions on the map';
export const region = 'Region';
export const status = 'Status';
export const events = 'Events';
export const successRate = 'Success rate';
export const latitude = 'Latitude';
export const longitude = 'Longitude';
export const succeedShare = (text: string): string => `, ${text} % of downloads succeed`;
export const markOf = (name: string, status: string, text: string, success: string): string =>
  `${name}: ${status}, ${text} events/s${success}`;
export const takeAway = (title: string): string => `Take away: ${title}`;
export const takeAwayTitle = 'Take away';
export const regions = 'Regions';
export const troubleThenTraffic = 'by trouble, then traffic';
export const regionsRemark = (lowered: string): string => `Downloads, success and speed: ${lowered}`;
export const regionsCaption = 'Regions by trouble, then by traffic of the last hour';
export const ofDownloads = (downloads: string): string => `of ${downloads}`;
export const perSecond = '/s';
export const mbitS = 'Mbit/s';
export const showMoreRegions = (all: number): string => `Show ${all} more regions`;
export const viewersCount = (viewers: string): string => `${viewers} viewers`;
export const failedCount = (failed: string): string => `${failed} failed`;
export const andMore = (others: number): string => `and ${others} more`;
export const alert = (part: string, message: string): string => `${part} alert: ${message}`;
export const annotationOf = (annotation: string): string => `Annotation: ${annotation}`;
export const crosshairHint = (title: string): string =>
  `Events, downloads and success rate, ${title}: time under the crosshair`;
export const chartCaption = (title: string): string =>
  `${title}: events and downloads a second, success rate of downloads, alerts`;
export const nothingKnown = 'nothing known';
export const eventsAndDownloads = (exact: string, exact2: string): string =>
  `${exact} events, ${exact2} downloads`;
export const readout = (time: string, words: string, rate: string): string =>
  `${time}: ${words}, success rate ${rate}`;
export const andMoreRegions = (regions: number): string => `and ${regions} more.`;
export const signInEnded =
  'The sign-in has ended or was taken back. Sign in, and the page goes on where it was.';
export const signIn = 'Sign in';
export const lastHeard = (headline: string): string => `Last heard: “${headline}”.`;
export const thisDeviceHasNoNetwork = 'This device has no network.';
export const tryNow = 'Try now';
export const connecting = 'Connecting';
export const idle = 'idle';
export const stateOfTheService = 'State of the service';
export const lowestSuccessRate = 'Lowest success rate: ';
export const succeed = (share: string): string => `${share} succeed`;
export const silentFor = (text: string, unit: string): string => `silent for ${text}\u202f${unit}`;
export const signedOut = 'Signed out';
export const offlineSince = (since: string): string => `Offline since ${since}`;
export const notConnectedSince = (since: string): string => `Not connected since ${since}`;
export const tryingAgainIn = (seconds: number): string => `Trying again in ${seconds} s.`;
export const tryingAgainNow = 'Trying again now.';
export const eventsOver = (lowered: string): string => `Events, ${lowered}`;
export const noEventsOver = (lowered: string): string => `No events: ${lowered}.`;
export const percentSucceed = (success: string): string => `${success}\u202f% succeed`;
export const notCounted = 'not counted';
export const share = 'Share';
export const views = 'Views';
export const downloads = 'Downloads';
export const trending = 'Trending';
export const byDownloads = 'by downloads';
export const noTitlesOver = (lowered: string): string => `No titles: ${lowered}.`;
export const titlesByDownloads = (lowered: string): string => `Titles by downloads: ${lowered}`;
export const rank = 'Rank';
export const movement = 'Movement';
export const title = 'Title';
export const type = 'Type';
export const success = 'Success';
export const viewsCount = (views: string): string => `${views} views`;
export const againstBefore = ', against as long before';
export const typeUnknown = 'type unknown';
export const newWord = 'new';
export const notToldBeside = (part: string): string =>
  `Not told beside the filter ${part}: each is counted by itself, not together.`;
export const notPartOfPaused = 'Not part of the paused picture. Resume to see it.';
export const waitingForTheFirstNumbers = 'Waiting for the first numbers.';
export const activeViewers = 'Active viewers';
export const activeTitles = 'Active titles';
export const freshness = 'Freshness';
export const trend = 'Trend';
export const viewers = 'Viewers';
export const speed = 'Speed';
export const lastEvent = 'Last event';
