/** Units, and what is said where there is no number. */

export const nothingToCompare = 'nothing to compare with';
export const timesAsMuch = (times: string): string => `${times} times as much as before`;
export const pointsUnit = 'points';
export const percentagePoints = (sign: string, points: string): string =>
  `${sign}${points} percentage points`;
export const aSecond = (rate: string): string => `${rate} a second`;
export const noSpeedReported = 'no speed reported';
export const megabitsUnit = 'Mbit/s';
export const megabits = (mbps: string): string => `${mbps} Mbit/s`;
export const now = 'now';
export const ago = (count: number, name: string): string => `${count} ${name} ago`;
export const nothingReceivedYet = 'nothing received yet';
export const milliseconds = (count: number): string => `${count} ms`;
export const millisecondsUnit = 'ms';
export const secondsUnit = 's';
export const unchanged = 'unchanged';
export const lessThanBefore = (percent: string): string => `${percent} % less than before`;
export const moreThanBefore = (percent: string): string => `${percent} % more than before`;
export const never = 'never';
export const seconds = 'seconds';
export const minutesUnit = 'min';
export const minutes = 'minutes';
export const hoursUnit = 'h';
export const hours = 'hours';
export const daysUnit = 'd';
export const days = 'days';
