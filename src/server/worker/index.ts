export { prepareWorker, takeWorker } from './spare-worker.ts';
