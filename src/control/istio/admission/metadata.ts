import type { IstioObject } from '../identity.ts';
import type { Faults } from './fault.ts';

const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/** The API server's own checks of what an object is called; generated rules are named after it, so that no two may come out alike. */
export function admitMetadata({ metadata }: IstioObject, faults: Faults): void {
  if (metadata === undefined) return;
  const { name, namespace } = metadata;
  if (name !== '' && (name.length > 253 || !SUBDOMAIN.test(name))) {
    faults.schema(metadata, 'name', `\`${name}\` is no name: lower case, digits, \`-\` and \`.\``);
  }
  if (namespace !== '' && (namespace.length > 63 || !LABEL.test(namespace))) {
    faults.schema(metadata, 'namespace', `\`${namespace}\` is no namespace: lower case, digits and \`-\``);
  }
}
