import { create } from '@bufbuild/protobuf';
import { type DataSource, DataSourceSchema } from '#schema/envoy/config/core/v3/base_pb.js';
import type { Findings } from '../../resources/index.ts';
import { ISTIO_CODES } from './codes.ts';
import type { Secret, Secrets } from './secrets.ts';
import type { Stranger } from './strangers.ts';

/** Where a manifest names a secret. */
export interface NamedSecret {
  name: string;
  about: object;
  /** Proto name of the field. */
  field: string;
}

/** What istiod calls the secret with a secret's roots, where they have one of their own. */
const ROOTS_SUFFIX = '-cacert';

/** Values by the names of a generic secret, then by those of a `kubernetes.io/tls` one, as istiod looks for them. */
const KEY_PAIRS = [
  ['cert', 'key'],
  ['tls.crt', 'tls.key'],
] as const;
const ROOTS = ['cacert', 'ca.crt'] as const;

/** Certificates, keys and roots out of the Secrets of a gateway's own namespace. What cannot be had is an error, and empty. */
export class Credentials {
  /** The Secrets that something was taken out of. */
  readonly used = new Set<Stranger>();
  readonly #secrets: Secrets;
  readonly #namespace: string;
  readonly #findings: Findings;

  constructor(secrets: Secrets, namespace: string, findings: Findings) {
    this.#secrets = secrets;
    this.#namespace = namespace;
    this.#findings = findings;
  }

  keyPair(named: NamedSecret): { certificateChain: DataSource; privateKey: DataSource } {
    const secret = this.#find(named);
    const [certificate, key] =
      KEY_PAIRS.find((names) => names.every((name) => secret?.values.has(name))) ?? KEY_PAIRS[1];
    return {
      certificateChain: this.#value(secret, certificate, named),
      privateKey: this.#value(secret, key, named),
    };
  }

  /** Those of `NAME-cacert`, else of the secret itself. */
  roots(named: NamedSecret): DataSource {
    const own = this.#secrets.find(this.#namespace, `${plainName(named.name)}${ROOTS_SUFFIX}`);
    const secret = own ?? this.#find(named);
    if (secret?.values.has('ca.crl') === true)
      this.#report(named, `\`ca.crl\` of Secret \`${secret.document.name}\`: not done yet`);
    const name = ROOTS.find((one) => secret?.values.has(one)) ?? ROOTS[1];
    return this.#value(secret, name, named);
  }

  #find(named: NamedSecret): Secret | undefined {
    const name = plainName(named.name);
    const secret = this.#secrets.find(this.#namespace, name);
    if (secret === undefined) this.#reportMissing(named, name);
    return secret;
  }

  #value(secret: Secret | undefined, key: string, named: NamedSecret): DataSource {
    const value = secret?.values.get(key);
    if (secret !== undefined) {
      this.used.add(secret.document);
      const name = `Secret \`${secret.document.name}\``;
      if (value === undefined || value?.length === 0) this.#report(named, `${name} has no \`${key}\``);
      if (value === null)
        this.#report(named, `\`${key}\` of ${name} is not base64`, 'plain text goes into `stringData`');
    }
    return create(DataSourceSchema, { specifier: { case: 'inlineBytes', value: value ?? new Uint8Array() } });
  }

  #reportMissing(named: NamedSecret, name: string): void {
    const namespace = this.#namespace;
    const others = this.#secrets.namespacesOf(name);
    const hint =
      others.length > 0
        ? `there is one in \`${others.join('`, `')}\`: a gateway reads those of its own namespace, which --workload says`
        : `put it among the files (\`kubectl get secret ${name} -n ${namespace} -o yaml\`), or name files instead`;
    this.#report(named, `there is no Secret \`${name}\` of namespace \`${namespace}\` in these files`, hint);
  }

  #report({ about, field }: NamedSecret, message: string, hint?: string): void {
    const code = ISTIO_CODES.badSecret;
    this.#findings.report({ code, severity: 'error', message, hint, envoy: 'accepts', about, field });
  }
}

/** `kubernetes://` may stand in front. */
function plainName(name: string): string {
  return name.replace(/^kubernetes:\/\//, '');
}
