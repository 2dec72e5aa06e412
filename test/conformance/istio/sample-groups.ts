import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DecisionGroup } from './decision-groups.ts';

const DENIED = { status: 403, body: 'RBAC: access denied' };

/** The tasks of Istio's documentation, by the two tokens that it hands out: a principal, a group, a scope that is a list. */
export function sampleGroups(folder: string): DecisionGroup[] {
  const read = (name: string) => readFileSync(join(folder, name), 'utf8').trim();
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  const [demo, groups] = [bearer(read('demo.jwt')), bearer(read('groups-scope.jwt'))];
  const rule = (path: string, more: string) => `  - to: [{ operation: { paths: [${path}] } }]\n    ${more}\n`;
  const ok = { status: 200 };
  return [
    {
      name: "the tokens of Istio's documentation",
      manifests: `apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: { name: jwt-example, namespace: foo }
spec:
  selector: { matchLabels: { app: httpbin } }
  jwtRules:
  - issuer: testing@secure.istio.io
    jwks: ${JSON.stringify(read('samples-jwks.json'))}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: require-jwt, namespace: foo }
spec:
  selector: { matchLabels: { app: httpbin } }
  action: ALLOW
  rules:
${rule('/principal', 'from: [{ source: { requestPrincipals: ["testing@secure.istio.io/testing@secure.istio.io"] } }]')}\
${rule('/group', 'when: [{ key: "request.auth.claims[groups]", values: [group1] }]')}\
${rule('/no-group', 'when: [{ key: "request.auth.claims[groups]", notValues: [group2] }]')}\
${rule('/scope', 'when: [{ key: "request.auth.claims[scope]", values: [scope2] }]')}\
${rule('/foo', 'when: [{ key: "request.auth.claims[foo]", values: ["b*"] }]')}`,
      cases: [
        { name: 'either has the principal', path: '/principal', headers: demo, want: ok },
        { name: 'the other too', path: '/principal', headers: groups, want: ok },
        { name: 'none has none', path: '/principal', want: DENIED },
        { name: 'one has the group', path: '/group', headers: groups, want: ok },
        { name: 'the other has not', path: '/group', headers: demo, want: DENIED },
        { name: 'who has no groups is not in one', path: '/no-group', headers: demo, want: ok },
        { name: 'who is in it is', path: '/no-group', headers: groups, want: DENIED },
        { name: 'a scope in a list', path: '/scope', headers: groups, want: ok },
        { name: 'no scope', path: '/scope', headers: demo, want: DENIED },
        { name: 'the start of a claim', path: '/foo', headers: demo, want: ok },
        {
          name: 'a changed token',
          path: '/principal',
          headers: { authorization: `${demo.authorization.slice(0, -2)}AA` },
          want: { status: 401, body: 'Jwt verification fails' },
        },
      ],
    },
  ];
}
