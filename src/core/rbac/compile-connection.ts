import {
  compileStringMatcher,
  createIpRange,
  type Refuse,
  type StringMatcherConfig,
} from '../match/index.ts';
import { addressCondition, type Condition, connectionCondition, type RbacSubject } from './condition.ts';
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
export function portCondition(wants: string, test: (port: number) => boolean): Condition {
  return connectionCondition('local port', wants, ({ connection }) => connection.localPort, test);
}

/** Compiles a test of the server name of the TLS hello, empty without one; null after an error. */
export function compileServerName(config: StringMatcherConfig, refuse: Refuse): Condition | null {
  const matcher = compileStringMatcher(config, refuse);
  if (matcher === null) return null;
  const read = ({ connection }: RbacSubject) => connection.serverName;
  return connectionCondition('server name', matcher.wants, read, (name) => matcher.matches(name));
}
