export type { LineSink } from '../access-log/access-log.ts';
export { DateField } from './date-field.ts';
export { Deadlines } from './deadlines.ts';
export type { KeptRequest, RefusalWatch, RefusedReply } from './refusal-watch.ts';
export type { StreamError } from './stream-error.ts';
