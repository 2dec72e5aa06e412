import type { EjectSetting, Features, Workload } from '../../control/istio/index.ts';
import { EXIT } from '../exit-code.ts';
import { type CliIo, UserError } from '../io.ts';
import { readMesh } from './read-mesh.ts';
import { readText } from './run-sources.ts';

/** As commander hands them over. */
export interface EjectFlags {
  upstream?: string;
  filters?: boolean;
  json?: boolean;
  namespace?: string;
  labels?: string;
  gateway?: boolean;
  waypoint?: boolean;
  service?: string;
  mesh?: string;
  web: string[];
  istiod: string[];
}

/** @throws UserError for a flag that makes no sense. */
export function parseSetting(flags: EjectFlags, io: CliIo): EjectSetting {
  const { remoteJwks, ...features } = parseSwitches(flags.istiod);
  return {
    workload: parseWorkloadFlags(flags),
    mesh: readMesh(flags.mesh, io),
    features,
    remoteJwks,
    web: readWeb(flags.web),
  };
}

function parseWorkloadFlags(flags: EjectFlags): Workload {
  const kind = flags.waypoint === true ? 'waypoint' : flags.gateway === true ? 'gateway' : 'sidecar';
  const labels = Object.fromEntries(
    (flags.labels ?? '').split(',').filter(Boolean).map(splitPair('--labels')),
  );
  const workload: Workload = { namespace: flags.namespace ?? 'default', labels, kind };
  return flags.service === undefined ? workload : { ...workload, service: parseService(flags.service) };
}

function parseService(text: string): NonNullable<Workload['service']> {
  const [kind, namespace, name] = text.split('/');
  if ((kind === 'Service' || kind === 'ServiceEntry') && namespace && name) return { kind, namespace, name };
  throw wrongUse(`--service \`${text}\` is not Service/NAMESPACE/NAME or ServiceEntry/NAMESPACE/NAME`);
}

type Switches = Partial<Features> & Pick<EjectSetting, 'remoteJwks'>;

function parseSwitches(texts: readonly string[]): Switches {
  const switches: Switches = {};
  for (const [name, value] of texts.map(splitPair('--istiod'))) {
    if (name === 'remoteJwks' && (value === 'istiod' || value === 'hybrid' || value === 'envoy')) {
      switches.remoteJwks = value;
    } else if (
      (name === 'multipleCustomProviders' || name === 'noSelectorOnK8sGateway') &&
      /^(?:true|false)$/.test(value)
    ) {
      switches[name] = value === 'true';
    } else {
      throw wrongUse(
        `--istiod \`${name}=${value}\`: there are remoteJwks (istiod, hybrid, envoy), multipleCustomProviders and noSelectorOnK8sGateway (true, false)`,
      );
    }
  }
  return switches;
}

function readWeb(texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const equals = text.lastIndexOf('=');
      if (equals < 1) throw wrongUse(`--web \`${text}\` is not URL=FILE`);
      return [text.slice(0, equals), readText(text.slice(equals + 1), 'web page')];
    }),
  );
}

const splitPair =
  (flag: string) =>
  (text: string): [string, string] => {
    const equals = text.indexOf('=');
    if (equals < 1) throw wrongUse(`${flag} \`${text}\` is not NAME=VALUE`);
    return [text.slice(0, equals), text.slice(equals + 1)];
  };

const wrongUse = (message: string) => new UserError(message, EXIT.wrongUse);
