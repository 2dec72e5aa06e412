export { DateField } from './date-field.ts';
export { Deadlines } from './deadlines.ts';
