/** Names for the codes of this room's findings. */
export const ISTIO_CODES = {
  shape: 'E401',
  admission: 'E402',
  admissionWarning: 'W403',
  severalWorkloads: 'E404',
  notTranslated: 'E405',
  badUpstream: 'E407',
  failsClosed: 'W408',
  noJwksHost: 'E409',
  unknownDestination: 'W410',
  missingFile: 'E411',
  noEffect: 'W412',
  noGateway: 'E413',
  claimWithoutToken: 'W414',
  keysNotFetched: 'W415',
  notApplied: 'W416',
  badSecret: 'E417',
  identityUnknown: 'W418',
  twice: 'E419',
  noWorkload: 'E420',
} as const;

/** One entry of docs/errors.md each. */
export const ISTIO_CODE_ENTRIES: Readonly<Record<string, { title: string; meaning: string }>> = {
  E401: {
    title: 'not a valid manifest',
    meaning:
      'The Kubernetes API server would refuse this object or drop the field: names are camelCase, lists are lists, strings that look like numbers are quoted.',
  },
  E402: {
    title: 'refused by Istio',
    meaning: 'The object decodes, but the schema of its kind or the admission webhook of Istio refuses it.',
  },
  W403: { title: 'Istio warns', meaning: 'Istio takes the object and warns of it.' },
  E404: {
    title: 'several workloads',
    meaning:
      'The objects are for different workloads, so that no single proxy enforces them all. Say with `--workload NAMESPACE/LABEL=VALUE,…` for which one to run.',
  },
  E405: {
    title: 'not translated yet',
    meaning: 'jotgate knows the field but cannot enforce it yet, and does not leave it out in silence.',
  },
  E407: {
    title: 'bad upstream',
    meaning: 'The upstream is an http or https address with a host, and with nothing behind it but a slash.',
  },
  W408: {
    title: 'denies instead of asking',
    meaning:
      'The external authorizer of a CUSTOM policy cannot be used, so everything that the policy matches is denied, as in Istio.',
  },
  E409: {
    title: 'no host for the keys',
    meaning: 'Istio takes such a `jwksUri` and then fails to fetch it. Name a host, and a port up to 65535.',
  },
  W410: {
    title: 'unknown destination',
    meaning:
      'A route leads to a host, a port or a subset that none of the files describes. In a mesh it may be a Kubernetes service; here it needs a ServiceEntry, `--upstream` or `--connect-to`.',
  },
  E411: {
    title: 'file cannot be read',
    meaning: 'A manifest names a certificate or a key in a file that is not there or cannot be read.',
  },
  W412: {
    title: 'no effect',
    meaning: 'jotgate knows the field and does nothing with it; it changes nobody’s access.',
  },
  E413: {
    title: 'no such gateway',
    meaning:
      'No Gateway of the files has the name that `--gateway` says, or several namespaces have one: write `NAMESPACE/NAME`.',
  },
  W414: {
    title: 'claim route without a token',
    meaning:
      'A route asks for a claim and no RequestAuthentication verifies tokens for this gateway, so it is never taken (`istioctl analyze` says IST0149).',
  },
  W415: {
    title: 'keys could not be fetched',
    meaning:
      "Neither the issuer's discovery document nor its key set could be fetched. Every token of this rule is refused with 401 until it can, as in Istio; requests without a token pass the filter.",
  },
  W416: {
    title: 'not applied',
    meaning:
      'The document is passed over, and may matter: an EnvoyFilter or a plugin changes the proxy in ways of its own, what is nearly one of the policies may be meant as one, and a policy for a whole namespace is the gateway’s if it runs there. Documents of kinds that decide nothing are passed over by name, without a warning.',
  },
  E417: {
    title: 'secret cannot be used',
    meaning:
      'A manifest names a Kubernetes Secret for TLS that is not among the files, or that lacks the certificate, the key or the roots. Secrets are read from the same files as everything else, of type kubernetes.io/tls or Opaque, in the namespace of the gateway.',
  },
  W418: {
    title: 'nobody is asked who they are',
    meaning:
      'A rule asks for a mesh identity (`principals`, `namespaces`, `serviceAccounts`, `trustDomains` and their negations), which is in the certificate of the client, and no server asks for one. In Istio a plain-text client gets the same decision.',
  },
  E419: {
    title: 'one object twice',
    meaning:
      'Two documents are one object to Kubernetes: same kind, namespace and name. There the one that is applied later takes the place of the other; which one is meant here nobody has said, and neither is left out in silence.',
  },
  E420: {
    title: 'no such workload',
    meaning:
      'Nothing in the files is for the workload that `--workload` names, neither by its labels nor for its whole namespace. A proxy for it would let everything in, and a slip in the name would look like that.',
  },
};
