export { type AdminServer, type AdminSource, startAdmin } from './start-admin.ts';
