import type { Condition } from '#schema/istio/security_pb.js';
import { CLAIMS_PREFIX, CONDITION, HEADER_PREFIX } from '../authz/condition-key.ts';
import { parseIpRange } from '../authz/ip-range.ts';
import { parsePort } from '../authz/port.ts';
import type { Faults } from './fault.ts';

type Judge = (value: string) => string | null;

const anything: Judge = () => null;
export const judgeIp: Judge = (value) =>
  parseIpRange(value) === null ? `\`${value}\` is no IP address or block` : null;
export const judgePort: Judge = (value) => (parsePort(value) === null ? `\`${value}\` is no port` : null);

const JUDGES: ReadonlyMap<string, Judge> = new Map([
  [CONDITION.sourceIp, judgeIp],
  [CONDITION.remoteIp, judgeIp],
  [CONDITION.destinationIp, judgeIp],
  [CONDITION.destinationPort, judgePort],
  [CONDITION.sni, anything],
  [CONDITION.sourceNamespace, anything],
  [CONDITION.sourceServiceAccount, anything],
  [CONDITION.sourceTrustDomain, anything],
  [CONDITION.sourcePrincipal, anything],
  [CONDITION.requestPrincipal, anything],
  [CONDITION.audiences, anything],
  [CONDITION.presenter, anything],
]);

const BRACKETED = [HEADER_PREFIX, CLAIMS_PREFIX, 'experimental.envoy.filters.'];

/** Keys of Istio 1.3 and older. */
const RETIRED = /^destination\.(?:namespace|name|user|labels.*)$/;

/** What only a verified token or the peer's certificate can tell: CUSTOM policies run before both are looked at. */
const IDENTITY = /^(?:source\.(?:namespace|serviceAccount|trustDomain|principal)$|request\.auth\.)/;

export function admitCondition(condition: Condition, custom: boolean, faults: Faults): void {
  const { key, values, notValues } = condition;
  if (key === '') {
    faults.schema(condition, 'key', 'a condition needs a `key`');
    return;
  }
  if (values.length === 0 && notValues.length === 0) {
    faults.webhook(condition, 'key', `\`${key}\`: neither \`values\` nor \`notValues\` is set`);
    return;
  }
  if (custom && IDENTITY.test(key)) {
    faults.webhook(condition, 'key', `\`${key}\` cannot be asked for by a CUSTOM policy`);
  }
  const judge = judgeOf(key);
  if (typeof judge === 'string') {
    faults.webhook(condition, 'key', judge);
    return;
  }
  judgeEach(condition, 'values', values, judge, faults);
  judgeEach(condition, 'not_values', notValues, judge, faults);
}

export function judgeEach(
  about: object,
  field: string,
  values: readonly string[],
  judge: Judge,
  faults: Faults,
): void {
  for (const [index, value] of values.entries()) {
    const problem = judge(value);
    if (problem !== null) faults.webhook(about, `${field}[${index}]`, problem);
  }
}

function judgeOf(key: string): Judge | string {
  const judge = JUDGES.get(key);
  if (judge !== undefined) return judge;
  if (BRACKETED.some((prefix) => key.startsWith(prefix))) {
    const open = key.indexOf('[');
    if (key.endsWith(']') && open > 0 && open < key.length - 2) return anything;
    return `\`${key}\` is not of the form \`a[b]\``;
  }
  if (RETIRED.test(key)) return `\`${key}\` is gone from Istio: use the workload selector`;
  return `unknown attribute \`${key}\``;
}
