/** What is drawn: charts, their crosshair and their tables. */

export const noEventsInThisTime = 'No events in this time';
export const events = 'Events';
export const downloads = 'Downloads';
export const noDownloadsInThisTime = 'No downloads in this time';
export const success = 'Success';
export const failsBelow = 'fails below';
export const from = 'From';
export const before = 'Before';
export const successRate = 'Success rate';
export const alerts = 'Alerts';
export const annotations = 'Annotations';
export const noDownloads = 'no downloads';
export const inAChart = 'In a chart';
export const oneStepBack = 'One step back';
export const oneStepOn = 'One step on';
export const tenStepsBack = 'Ten steps back';
export const tenStepsOn = 'Ten steps on';
export const toTheOldest = 'To the oldest';
export const toTheNewest = 'To the newest';
export const selectFromHere = 'Select from here: arrows go on, Enter zooms in';
export const goToWhatIsUnderTheCrosshair = 'Go to what is under the crosshair';
