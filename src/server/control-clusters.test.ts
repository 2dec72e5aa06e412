import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { silentLogger } from '../base/index.ts';
import { loadConfig } from '../control/config/index.ts';
import { Findings } from '../resources/index.ts';
import { ControlClusters } from './control-clusters.ts';

describe('the clusters of the control thread', () => {
  it('may come to be far more than there were at the start', () => {
    const one = (index: number) => `  - name: c${index}
    load_assignment:
      cluster_name: c${index}
      endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: 9}}}}]}]
`;
    const text = `static_resources:\n  clusters:\n${Array.from({ length: 1000 }, (_, index) => one(index)).join('')}`;
    const { snapshot } = loadConfig([{ name: 'gate.yaml', text }]);
    const findings = new Findings();
    const options = { findings, connectTo: [], extraRoots: [], logger: silentLogger };
    const clusters = new ControlClusters([], options);
    clusters.change(snapshot?.clusters ?? [], findings).commit();
    assert.equal(clusters.byName.size, 1000);
    clusters.close();
  });

  it('ask for a name again only when the lookup before has ended', async (context) => {
    context.mock.timers.enable({ apis: ['setInterval', 'setTimeout'] });
    const text = `static_resources:
  clusters:
  - name: c
    type: STRICT_DNS
    load_assignment:
      cluster_name: c
      endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: name.test, port_value: 9}}}}]}]
`;
    const { snapshot } = loadConfig([{ name: 'gate.yaml', text }]);
    const answers: ((addresses: string[]) => void)[] = [];
    const clusters = new ControlClusters(snapshot?.clusters ?? [], {
      findings: new Findings(),
      connectTo: [],
      extraRoots: [],
      logger: silentLogger,
      resolve: () => new Promise((resolve) => answers.push(resolve)),
    });
    const resolved = clusters.resolveAll();
    context.mock.timers.tick(60_000);
    assert.equal(answers.length, 1);
    answers[0]?.(['192.0.2.1']);
    await resolved;
    await new Promise((resolve) => setImmediate(resolve));
    context.mock.timers.tick(5000);
    assert.equal(answers.length, 2);
    clusters.close();
  });
});
