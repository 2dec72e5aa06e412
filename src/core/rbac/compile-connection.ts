import {
  compileStringMatcher,
  createIpRange,
  type Refuse,
  type StringMatcherConfig,
} from '../match/index.ts';
import { addressCondition, type Condition, connectionCondition, type RbacSubject } from './condition.ts';
import type { CidrConfig } from './rbac-config.ts';

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

export function portCondition(wants: string, test: (port: number) => boolean): Condition {
  return connectionCondition('local port', wants, ({ connection }) => connection.localPort, test);
}

export function compileServerName(config: StringMatcherConfig, refuse: Refuse): Condition | null {
  const matcher = compileStringMatcher(config, refuse);
  if (matcher === null) return null;
  const read = ({ connection }: RbacSubject) => connection.serverName;
  return connectionCondition('server name', matcher.wants, read, (name) => matcher.matches(name));
}
