import { parentPort } from 'node:worker_threads';
import { DataLoop } from './data-loop.ts';
import type { FromWorker, ToWorker, WorkerStart } from './worker-protocol.ts';

// The entry of a data worker: one loop, and a port to the control thread. The first message says what to run.
const port = parentPort;
if (port === null) throw new Error('data-worker runs as a worker thread');

port.once('message', (start: WorkerStart) => {
  const loop = new DataLoop(start, (message: FromWorker) => port.postMessage(message));
  port.on('message', (message: ToWorker) => loop.onMessage(message));
  void loop.start();
});
