/** What is taken away of a panel: its numbers, its chart. */

export const numbersAsCsv = 'Numbers as CSV';
export const chartAsPng = 'Chart as PNG';
export const embed = 'Embed';
export const source = (host: string, address: string, time: string): string =>
  `Marquee, ${host}${address}, ${time}Z`;
export const theBrowserMadeNoPicture = 'The browser made no picture.';
export const theBrowserGivesNoCanvas = 'The browser gives no canvas.';
export const range = (from: string, to: string): string => `${from} to ${to}`;
export const rangeInZone = (from: string, to: string, zone: string): string => `${from} to ${to}, ${zone}`;
