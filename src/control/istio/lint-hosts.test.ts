import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { AuthorizationPolicySpec_Action as Action, RuleSchema } from '#schema/istio/security_pb.js';
import { Findings } from '../../resources/index.ts';
import { lintHosts } from './lint-hosts.ts';

const { ALLOW, DENY, CUSTOM, AUDIT } = Action;

describe('L28: a rule that keeps a host out keeps it out with every port', () => {
  const table = [
    { name: 'DENY of a host', action: DENY, hosts: ['a.test'], want: ['a.test'] },
    { name: 'CUSTOM for a host', action: CUSTOM, hosts: ['a.test'], want: ['a.test'] },
    { name: 'ALLOW for all but a host', action: ALLOW, notHosts: ['a.test'], want: ['a.test'] },
    { name: 'one port is not every port', action: DENY, hosts: ['a.test', 'a.test:80'], want: ['a.test'] },
    { name: 'a suffix', action: DENY, hosts: ['*.a.test'], want: ['*.a.test'] },
    { name: 'any port, in other letters', action: DENY, hosts: ['A.test', 'a.test:*'], want: [] },
    { name: 'a wider prefix', action: DENY, hosts: ['a.test', 'a.*'], want: [] },
    { name: 'a suffix with a port', action: DENY, hosts: ['*.a.test', '*.a.test:8080'], want: [] },
    { name: 'every host', action: DENY, hosts: ['*'], want: [] },
    { name: 'ALLOW for a host keeps ports out', action: ALLOW, hosts: ['a.test'], want: [] },
    { name: 'AUDIT decides nothing', action: AUDIT, hosts: ['a.test'], want: [] },
  ];
  for (const { name, action, hosts = [], notHosts = [], want } of table) {
    it(name, () => {
      const findings = new Findings();
      lintHosts(create(RuleSchema, { to: [{ operation: { hosts, notHosts } }] }), action, findings);
      assert.deepEqual(
        findings.list.map(({ code, message }) => `${code} ${message.split('`')[1]}`),
        want.map((host) => `L28 ${host}`),
      );
    });
  }
});
