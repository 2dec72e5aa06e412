import {
  compileStringMatcher,
  createIpRange,
  type Refuse,
  type StringMatcherConfig,
  valueHint,
} from '../match/index.ts';
import {
  addressCondition,
  type Condition,
  connectionCondition,
  type RbacSubject,
  wholeHint,
} from './condition.ts';
import type { CidrConfig } from './rbac-config.ts';

/** Compiles a test of one address of the connection; null where the range is none, which is then refused. */
export function compileAddress(
  name: string,
  config: CidrConfig,
  read: (subject: RbacSubject) => string,
  refuse: Refuse,
): Condition | null {
  const range = createIpRange(config.addressPrefix, config.prefixLen);
  if (range === null) {
    refuse(`malformed IP address: \`${config.addressPrefix}\``, config, 'address_prefix');
    return null;
  }
  return addressCondition(name, range, read);
}

/** A test of the port that the connection came to. */
export function portCondition(wanted: number): Condition {
  const hint = valueHint('local port', [String(wanted)], (subject: RbacSubject) => [String(portOf(subject))]);
  return connectionCondition('local port', String(wanted), portOf, (port) => port === wanted, hint);
}

/** The same of a range without its end. */
export function portRangeCondition(start: number, end: number): Condition {
  const test = (port: number) => port >= start && port < end;
  return connectionCondition('local port', `in [${start}, ${end})`, portOf, test);
}

const portOf = ({ connection }: RbacSubject) => connection.localPort;

/** Compiles a test of the server name of the TLS hello, empty without one; null after an error. */
export function compileServerName(config: StringMatcherConfig, refuse: Refuse): Condition | null {
  const matcher = compileStringMatcher(config, refuse);
  if (matcher === null) return null;
  const read = ({ connection }: RbacSubject) => connection.serverName;
  const hint = wholeHint(matcher, 'server name', (subject) => [read(subject)]);
  return connectionCondition('server name', matcher.wants, read, (name) => matcher.matches(name), hint);
}
