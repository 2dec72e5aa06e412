export { type AdminServer, type AdminSource, type RefusalSource, startAdmin } from './start-admin.ts';
