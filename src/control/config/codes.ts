/** One entry of docs/errors.md, which is generated from this table. */
export interface CodeEntry {
  title: string;
  /** What is wrong and what to do, in one or two sentences. */
  meaning: string;
}

/** Names for the codes of this room's findings. */
export const CODES = {
  syntax: 'E101',
  duplicateKey: 'W102',
  unknownField: 'E103',
  wrongType: 'E104',
  unknownEnumValue: 'E105',
  badDuration: 'E106',
  oneofAlreadySet: 'E107',
  badAny: 'E108',
  badNumber: 'E109',
  limit: 'E110',
  badBase64: 'E111',
  emptyText: 'E112',
  extraDocument: 'W113',
  keyMeantTwice: 'E114',
  constraint: 'E120',
  required: 'E121',
  oneofRequired: 'E122',
  unknownCluster: 'E201',
  duplicateCluster: 'E202',
  unknownProvider: 'E203',
  unknownRequirementName: 'E204',
  duplicateDomain: 'E205',
  filterChain: 'E206',
  badAddress: 'E207',
  missingFile: 'E208',
  noSystemBundle: 'W208',
  missingEnvironmentVariable: 'E209',
  badJwksUri: 'E210',
  badClaimToHeader: 'E211',
  badRegex: 'E212',
  badLocalJwks: 'E213',
  unusedKey: 'W213',
  duplicateListenerAddress: 'E214',
  unknownExtension: 'E215',
  badBackOff: 'E216',
  badCluster: 'E217',
  badCertificate: 'E218',
  largeRegex: 'E219',
  perhapsLargeRegex: 'W219',
  badRuntime: 'E220',
  fieldNotDone: 'E301',
  typeNotDone: 'E302',
  noEffect: 'W301',
  bearerRead: 'L01',
  forwardConflict: 'L02',
  httpsWithoutTls: 'L03',
  unknownJwksCluster: 'L04',
  issuerMismatch: 'L05',
  placeholderKey: 'L11',
  longCache: 'L13',
  neverMatches: 'L14',
  failedTokenPasses: 'L15',
  claimsNotYetThere: 'L16',
  descriptorNeverMade: 'L17',
  pathsNotNormalised: 'L19',
  barePrefix: 'L20',
  noAudiences: 'L21',
  unusedProvider: 'L22',
  scopeAsText: 'L23',
  unwrittenMetadata: 'L24',
  unverifiedKeys: 'L25',
  longConnectTimeout: 'L26',
  bareTransportSocket: 'L27',
  loggedCredential: 'L29',
  guessableSecret: 'L30',
  helloNotRead: 'L31',
} as const;

export type CodeName = keyof typeof CODES;

/** Every code that `validate` can print. */
export const CODE_ENTRIES: Readonly<Record<string, CodeEntry>> = {
  E101: {
    title: 'not YAML or JSON',
    meaning: 'The text does not parse. Nothing of the document was read; mend the marked place first.',
  },
  W102: {
    title: 'a key is written twice',
    meaning:
      'In YAML Envoy keeps the last one whole and says nothing; the earlier one counts for nothing here too. Remove the one that is not meant.',
  },
  E103: {
    title: 'unknown field',
    meaning:
      'The message has no field of that name. Names are taken in snake_case and camelCase, as in Envoy. A field that only newer versions of Envoy know is unknown here too.',
  },
  E104: {
    title: 'wrong type',
    meaning:
      'The value has another shape than the field wants: a list for a number, a bare number for a string (quote it), or an unquoted `yes` or `no`, which YAML reads as a bool.',
  },
  E105: {
    title: 'unknown enum value',
    meaning: 'The enum has no value of that name or number. Case does not matter.',
  },
  E106: {
    title: 'not a duration or timestamp',
    meaning:
      'Durations are seconds with an `s` (`5s`, `0.25s`) or `{seconds: 5, nanos: 0}`; timestamps are RFC 3339.',
  },
  E107: { title: 'two members of one choice', meaning: 'Only one field of a oneof can be set.' },
  E108: {
    title: 'bad `@type`',
    meaning:
      'A typed config is a mapping with `"@type": type.googleapis.com/<full message name>` of a known message.',
  },
  E109: {
    title: 'not a number, or out of range',
    meaning: 'The field wants a number of a certain kind and range.',
  },
  E110: {
    title: 'too large or too deep',
    meaning:
      'The text expands (by aliases) or nests beyond the bounds that protect the reader from hostile files.',
  },
  E111: { title: 'not base64', meaning: 'Fields of bytes are written as base64, in either alphabet.' },
  W113: { title: 'more than one document', meaning: 'Envoy reads only the first document of a YAML text.' },
  E112: { title: 'empty text', meaning: 'There is nothing in the text to load.' },
  E114: {
    title: 'a key is written twice, and it is not sure which one holds',
    meaning:
      'One field under both of its spellings, or one name twice in JSON: Envoy merges the two in an order of its own, or refuses the file. In a manifest, whose earlier entry may be the one that denies, `kubectl` refuses it too. Remove the one that is not meant.',
  },
  E120: {
    title: 'value against a rule of the schema',
    meaning: "Envoy's own constraint on the field does not hold; the reason is in Envoy's words.",
  },
  E121: { title: 'required field missing', meaning: 'Envoy will not load the message without this field.' },
  E122: { title: 'required choice missing', meaning: 'One field of the named oneof has to be set.' },
  E201: {
    title: 'unknown cluster',
    meaning: 'A route names a cluster that is not among `static_resources.clusters`.',
  },
  E202: { title: 'duplicate cluster', meaning: 'Two clusters have one name.' },
  E203: {
    title: 'unknown JWT provider',
    meaning: 'A requirement names a provider that the filter does not have.',
  },
  E204: {
    title: 'unknown requirement name',
    meaning: 'A rule names a requirement that `requirement_map` does not have.',
  },
  E205: {
    title: 'duplicate domain',
    meaning:
      'A domain may stand in one virtual host only, and only one virtual host may have the domain `*`.',
  },
  E206: {
    title: 'filter chain without its end, or with the end in the middle',
    meaning: 'The last HTTP filter must be the router, and only the last.',
  },
  E207: {
    title: 'malformed address',
    meaning:
      'The address must be an IP address here. A host name needs a cluster of type STRICT_DNS or LOGICAL_DNS.',
  },
  E208: {
    title: 'file cannot be read',
    meaning: 'The configuration names a file that is not there or not readable.',
  },
  W208: {
    title: "the system's certificate bundle is elsewhere",
    meaning:
      'The configuration names the place where some systems keep their trusted certificate authorities, and this one has no such file. jotgate uses the roots that this machine trusts; Envoy refuses.',
  },
  E209: {
    title: 'environment variable missing',
    meaning: 'The configuration names an environment variable that is not set.',
  },
  E210: { title: 'bad JWKS address', meaning: 'The URI of a remote JWKS must be absolute.' },
  E211: {
    title: 'claim entry without a claim',
    meaning: 'An entry of `claim_to_headers` sets exactly one of `claim_name` and `claim_path`.',
  },
  E212: {
    title: 'bad regular expression',
    meaning: 'The expression is not RE2. Lookahead and back-references do not exist there.',
  },
  E213: {
    title: 'bad local JWKS',
    meaning: 'The key set does not parse, or has no key that Envoy could use.',
  },
  W213: {
    title: 'key of a local set',
    meaning:
      'A key of `local_jwks` cannot be used, is refused as too weak or not meant for signatures, or stands where no secret should. The others are used.',
  },
  E214: { title: 'duplicate listener address', meaning: 'Two listeners have one address and port.' },
  E215: {
    title: 'extension without its configuration',
    meaning:
      'The entry has a name but no `typed_config`; extensions are found by the type of their configuration.',
  },
  E216: { title: 'back-off interval', meaning: '`max_interval` must not be less than `base_interval`.' },
  E217: {
    title: 'cluster cannot work as written',
    meaning: "Envoy's cluster factory refuses this combination of settings.",
  },
  E218: {
    title: 'bad certificate or key',
    meaning: 'The PEM text cannot be read, or key and certificate do not belong together.',
  },
  E219: {
    title: 'regular expression too large',
    meaning:
      "Envoy counts the instructions of RE2's program of an expression and takes 100, or what `re2.max_program_size.error_level` in `layered_runtime` or the expression's own `max_program_size` says. Repetition makes programs large: `[a-z]{50}` is fifty instructions.",
  },
  W219: {
    title: 'regular expression that may be too large',
    meaning:
      'As E219, but RE2 makes expressions of this kind simpler in ways that are not followed here, or a layer of the runtime from elsewhere may say another limit: ask `envoy --mode validate`.',
  },
  E220: {
    title: 'bad layer of the runtime',
    meaning:
      'Names of layers differ, one of them at most is the administrator’s, and a value is a number, a text, a bool, a fraction or a mapping of such: no null and no list.',
  },
  E301: {
    title: 'not done by jotgate',
    meaning:
      'Envoy takes this field, jotgate does not do it yet, and leaving it out in silence could let requests in or lose them. docs/envoy-support.md lists what is done.',
  },
  E302: {
    title: 'type not done by jotgate',
    meaning:
      'Envoy has this filter or extension, jotgate does not. docs/envoy-support.md lists what is done.',
  },
  W301: {
    title: 'no effect in jotgate',
    meaning:
      'Envoy takes this field; jotgate reads it and does nothing with it, which changes nobody’s access. Fields of which nobody could see anything (`node`, `watchdogs`, `stats_config`, …) are passed over: docs/envoy-support.md lists them as upkeep. Of `layered_runtime` the keys that something names are done; the others, Envoy’s own switches among them, are told one by one.',
  },
  L01: {
    title: 'the word Bearer is read as a part of the token',
    meaning:
      'A provider takes tokens from `Authorization` without `value_prefix: "Bearer "` (with the space), so that the token is read with the word in front of it.',
  },
  L02: {
    title: 'token and payload in one header',
    meaning:
      '`forward: true` keeps the token in its header, and `forward_payload_header` writes the payload into the same one.',
  },
  L03: {
    title: 'https key set over a cluster without TLS',
    meaning:
      'The JWKS URI says https, but the cluster it is fetched through speaks plain text or points at port 80.',
  },
  L04: {
    title: 'key set over a cluster that is not there',
    meaning:
      'The cluster of a remote JWKS is not defined. Envoy loads the file, and every fetch of the keys fails.',
  },
  L05: {
    title: 'issuer that its server does not use',
    meaning:
      "The issuer must equal the token's `iss` letter for letter. The address of the keys belongs to a realm that calls itself otherwise: another path, or no slash at the end.",
  },
  L06: {
    title: 'a token is looked at but not required',
    meaning:
      'A RequestAuthentication by itself refuses bad tokens and lets requests without a token through. Requiring one takes an AuthorizationPolicy with `requestPrincipals`; a missing token is then a 403.',
  },
  L07: {
    title: 'token checks cannot be limited to a path',
    meaning:
      'A RequestAuthentication holds for the whole workload: a bad token is refused on every path, also on open ones.',
  },
  L08: {
    title: 'a rule about HTTP for a port that does not speak it',
    meaning:
      'On a TCP port an ALLOW rule with methods, paths, hosts, headers or tokens is dropped as if it were not there, so nothing is let in by it; of a DENY rule only the port is left, so it denies everything.',
  },
  L09: {
    title: 'policy about tokens that nobody verifies',
    meaning:
      'The policy asks for claims or request principals, and no RequestAuthentication selects the same workload, so there are never any.',
  },
  L10: {
    title: 'nested claim written with dots',
    meaning:
      '`request.auth.claims[a.b]` is one claim whose name has a dot in it; the claim `b` inside `a` is `[a][b]`.',
  },
  L11: {
    title: "istiod's stand-in for keys that it could not fetch",
    meaning:
      'When istiod cannot fetch a key set it pushes a made-up key whose modulus spells the error and, in newer versions, the address. Every token is then refused, as of an unknown key or a bad signature.',
  },
  L12: {
    title: 'a key that cannot be read',
    meaning:
      'An inline set has a key that the verifier cannot read. It is reported as W213: Envoy 1.40 passes over such keys, older versions refuse the whole listener.',
  },
  L13: {
    title: 'keys that are kept for long',
    meaning:
      'Envoy does not ask again for a key that it does not know: with `cache_duration` over an hour and no `async_fetch`, tokens of a new key are refused until the cache ends.',
  },
  L14: {
    title: 'a rule or route that never matches',
    meaning: 'The first that matches decides, and an earlier one takes every request of this one.',
  },
  L15: {
    title: 'an invalid token passes',
    meaning:
      '`allow_missing_or_failed` as an alternative in `requires_any` lets expired and forged tokens pass. `allow_missing` lets pass only who sends none.',
  },
  L16: {
    title: 'claims are not there yet',
    meaning: 'A policy asks for claims in a filter that stands before jwt_authn, which writes them.',
  },
  L17: {
    title: 'a limit that never counts',
    meaning: 'A descriptor has a key that no action makes, so it is never matched.',
  },
  L18: {
    title: 'a duration as a bare number',
    meaning:
      'Envoy takes `300s` and `{seconds: 300}` and refuses `300`. It is reported as E106, as the file does not load.',
  },
  L19: {
    title: 'path exemption without path normalisation',
    meaning:
      'A rule lets a path prefix through without a token while `normalize_path`, `merge_slashes` or `path_with_escaped_slashes_action` is off: `/docs/../private` matches `/docs` here and is `/private` at the service.',
  },
  L20: {
    title: 'a bare prefix exempts more than a folder',
    meaning: '`prefix: /docs` also matches `/docsecret`. `path_separated_prefix` stops at the slash.',
  },
  L21: {
    title: 'provider without audiences',
    meaning: 'Any token of the issuer is let in: one made for another client too, and an ID token.',
  },
  L22: {
    title: 'provider that no rule uses',
    meaning: 'The provider verifies nothing until a rule requires it.',
  },
  L23: {
    title: 'scope compared as one text',
    meaning:
      'A scope is a list of words with spaces between. `contains: read` also finds `superread`, `exact: read` refuses `read write`. Make a list of it with `normalize_payload_in_metadata` and match one of its words.',
  },
  L24: {
    title: 'metadata that nobody writes',
    meaning:
      "A policy reads a namespace or key of dynamic metadata that no filter in front of it writes. Claims are in `envoy.filters.http.jwt_authn`, under the provider's `payload_in_metadata`.",
  },
  L25: {
    title: 'keys or tokens over unverified TLS',
    meaning:
      'Without a `validation_context` Envoy takes any certificate, so whoever sits on the way can serve keys of his own and mint tokens; without `sni` the server may not show the right one.',
  },
  L26: {
    title: 'connect timeout longer than the fetch',
    meaning:
      "The cluster's `connect_timeout` is far longer than the timeout of the fetch through it, so it never applies.",
  },
  L27: {
    title: 'transport socket without its configuration',
    meaning:
      'Envoy 1.40 refuses a `transport_socket` without `typed_config`. jotgate runs it as TLS that verifies the endpoint by name against the system roots.',
  },
  L28: {
    title: 'host of a refusal without its ports',
    meaning:
      'A rule that keeps out by `hosts` (DENY, CUSTOM) or lets in all but some by `notHosts` (ALLOW) compares them with the whole `Host` header. A client that writes a port, `Host: x:8080`, is on the same route and past the rule, unless `x:*` is there too.',
  },
  L29: {
    title: 'credentials in the access log',
    meaning:
      'The format of an access log asks for a header or a query parameter that lets whoever reads the log in: `authorization`, a cookie, a token; or for the path with its query, where `from_params` takes tokens from. jotgate prints what is asked for, as Envoy does.',
  },
  L30: {
    title: 'HMAC secret that can be guessed',
    meaning:
      'A key with `kty: oct` is made of words, of few different bytes or of a row that repeats or counts, or stands in published documents. One token is enough to try such secrets offline, and whoever finds it signs tokens of his own. Take 32 random bytes, or the keys of an algorithm that only the issuer can sign with.',
  },
  L31: {
    title: 'chain for a TLS client without a TLS inspector',
    meaning:
      'A filter chain asks for a server name or for TLS, and its listener has no `tls_inspector`. Envoy 1.40 adds none: no connection comes to that chain, all go to one that asks for nothing or to `default_filter_chain`, and where there is none they are closed.',
  },
};

/** What a code means; undefined for one that is not ours. */
export function explainCode(code: string): CodeEntry | undefined {
  return Object.hasOwn(CODE_ENTRIES, code) ? CODE_ENTRIES[code] : undefined;
}
