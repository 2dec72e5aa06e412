import assert from 'node:assert/strict';
import { type AddressInfo, createServer } from 'node:net';
import { describe, it } from 'node:test';
import { freePort, startNear } from './scene-gate.ts';

describe('a part of the scene that would like a port', () => {
  it('gets it where it is free', async () => {
    const port = await freePort();
    assert.equal(await startNear(port, async (given) => given), port);
  });

  it('gets any other where somebody has it', async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
    const { port } = holder.address() as AddressInfo;
    assert.equal(await startNear(port, async (given) => given), 0);
    await new Promise((resolve) => holder.close(resolve));
  });

  it('gets any other where somebody took it since it was looked at', async () => {
    const start = async (given: number) => {
      if (given !== 0) throw new Error('taken');
      return given;
    };
    assert.equal(await startNear(await freePort(), start), 0);
  });
});
