import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { describe, it } from 'node:test';
import { bootstrapOf, managerOf } from '../fixtures/envoy-config.ts';
import { startGateOf } from '../fixtures/loaded-gate.ts';

const hasIpv6 = Object.values(networkInterfaces()).some((all) =>
  all?.some(({ address }) => address === '::1'),
);

const isTaken = (port: number, host: string) =>
  new Promise<boolean>((resolve) => {
    const socket = connect({ port, host }, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });

if (hasIpv6)
  describe('a listener at `::` takes clients as in Envoy', () => {
    const table = [
      { name: 'of IPv6 alone', given: {}, want: { '127.0.0.1': false, '::1': true } },
      {
        name: 'of IPv4 too with `ipv4_compat`',
        given: { ipv4_compat: true },
        want: { '127.0.0.1': true, '::1': true },
      },
    ];
    for (const { name, given, want } of table) {
      it(name, async () => {
        const address = { socket_address: { address: '::', port_value: 0, ...given } };
        const gate = await startGateOf(
          bootstrapOf([{ name: 'l', address, filter_chains: [{ filters: [managerOf()] }] }]),
        );
        try {
          for (const [host, isWanted] of Object.entries(want))
            assert.equal(await isTaken(gate.listeners[0]?.port ?? 0, host), isWanted, host);
        } finally {
          await gate.close();
        }
      });
    }
  });
