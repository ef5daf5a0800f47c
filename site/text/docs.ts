/** The documentation, as far as it is no document of its own. */

export const liveView = 'Live view';
export const reference = 'Reference';
export const problems = 'Problems';
export const fieldsOfTheBody = 'Fields of the body';
export const fieldsOfTheAnswer = 'Fields of the answer';
export const request = 'Request';
export const answerForExample = 'Answer, for example';
export const apiReference = 'API reference';
export const orNull = ' or null';
export const listOf = (forms: string): string => `list of ${forms}`;
export const wholeNumber = 'whole number';
export const timeIso8601 = 'time, ISO 8601';
export const textAtMost = (maxLength: number): string => `text, at most ${maxLength}`;
export const trueOrFalse = 'true or false';
export const between = (from: string, to: string): string => `, ${from} to ${to}`;
export const atLeast = (limit: string): string => `, at least ${limit}`;
export const atMost = (limit: string): string => `, at most ${limit}`;
export const answeredIn = (status: number, ms: number): string => `${status} in ${ms} ms`;
export const failedAfter = (status: number, ms: number): string => `${status} after ${ms} ms`;
export const headers = 'Headers';
export const body = 'Body';
export const noAnswer = 'No answer: the service cannot be reached from here';
export const signInToTryIt = 'Sign in to try it';
export const shortened = (text: string, more: string): string => `${text}\n… and ${more} characters more`;
export const number = 'number';
