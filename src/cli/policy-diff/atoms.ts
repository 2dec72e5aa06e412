import type { CidrRange } from '#schema/envoy/config/core/v3/address_pb.js';
import type { FilterChainMatch } from '#schema/envoy/config/listener/v3/listener_components_pb.js';
import type { Permission, Principal } from '#schema/envoy/config/rbac/v3/rbac_pb.js';
import type {
  HeaderMatcher,
  QueryParameterMatcher,
  RouteMatch,
  VirtualHost,
} from '#schema/envoy/config/route/v3/route_components_pb.js';
import type {
  JwtProvider,
  ProviderWithAudiences,
} from '#schema/envoy/extensions/filters/http/jwt_authn/v3/config_pb.js';
import type { HttpConnectionManager } from '#schema/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js';
import type { MetadataMatcher } from '#schema/envoy/type/matcher/v3/metadata_pb.js';
import type { PathMatcher } from '#schema/envoy/type/matcher/v3/path_pb.js';
import type { ValueMatcher } from '#schema/envoy/type/matcher/v3/value_pb.js';
import { type Snapshot, walkMessages } from '../../resources/index.ts';
import { atomsOfHeader, atomsOfString, type TextAtom } from './text-atom.ts';

/** A value that a policy wants of a claim. */
export type ClaimAtom =
  | { kind: 'text'; atom: TextAtom; inList: boolean }
  | { kind: 'value'; value: boolean | number | null };

/** Everything that some configurations ask of a request. */
export interface Atoms {
  paths: TextAtom[];
  methods: Set<string>;
  hosts: Set<string>;
  /** By name; an empty list: only whether it is there. */
  headers: Map<string, TextAtom[]>;
  parameters: Map<string, TextAtom[]>;
  /** By path into the payload, joined with `/`. */
  claims: Map<string, ClaimAtom[]>;
  audiences: Set<string>;
  subjects: TextAtom[];
  providers: JwtProvider[];
  serverNames: Set<string>;
  peers: CidrRange[];
  /** What connection managers make of other spellings of a path, one text for each way. */
  spellings: Set<string>;
  /** All of them normalise paths in each way. */
  normalises: boolean;
}

export function atomsOf(snapshots: readonly Snapshot[]): Atoms {
  const atoms: Atoms = {
    paths: [],
    methods: new Set(['GET']),
    hosts: new Set(),
    headers: new Map(),
    parameters: new Map(),
    claims: new Map(),
    audiences: new Set(),
    subjects: [],
    providers: [],
    serverNames: new Set(),
    peers: [],
    spellings: new Set(),
    normalises: true,
  };
  for (const { listeners } of snapshots) {
    walkMessages(listeners, (message) => COLLECTORS[message.$typeName]?.(message as never, atoms));
  }
  return atoms;
}

/** Escaped slashes stay as they are. */
const KEEP_UNCHANGED = 1;

type Collector = (message: never, atoms: Atoms) => void;

const COLLECTORS: Readonly<Record<string, Collector>> = {
  'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager': (
    manager: HttpConnectionManager,
    atoms: Atoms,
  ) => {
    const { normalizePath, mergeSlashes, pathWithEscapedSlashesAction: action } = manager;
    atoms.spellings.add(`${normalizePath} ${mergeSlashes} ${action}`);
    atoms.normalises &&= normalizePath === true && mergeSlashes && action > KEEP_UNCHANGED;
  },
  'envoy.config.route.v3.RouteMatch': collectRouteMatch,
  'envoy.config.route.v3.HeaderMatcher': collectHeader,
  'envoy.config.route.v3.QueryParameterMatcher': collectParameter,
  'envoy.config.route.v3.VirtualHost': ({ domains }: VirtualHost, { hosts }: Atoms) => {
    for (const domain of domains) hosts.add(domain);
  },
  'envoy.type.matcher.v3.PathMatcher': ({ rule }: PathMatcher, { paths }: Atoms) => {
    if (rule.case === 'path') paths.push(...atomsOfString(rule.value));
  },
  'envoy.type.matcher.v3.MetadataMatcher': collectMetadata,
  'envoy.extensions.filters.http.jwt_authn.v3.JwtProvider': (provider: JwtProvider, atoms: Atoms) => {
    atoms.providers.push(provider);
    for (const audience of provider.audiences) atoms.audiences.add(audience);
    if (provider.subjects !== undefined) atoms.subjects.push(...atomsOfString(provider.subjects));
  },
  'envoy.extensions.filters.http.jwt_authn.v3.ProviderWithAudiences': (
    { audiences }: ProviderWithAudiences,
    atoms: Atoms,
  ) => {
    for (const audience of audiences) atoms.audiences.add(audience);
  },
  'envoy.config.rbac.v3.Principal': collectPrincipal,
  'envoy.config.rbac.v3.Permission': ({ rule }: Permission, { serverNames }: Atoms) => {
    if (rule.case !== 'requestedServerName') return;
    for (const { text } of atomsOfString(rule.value)) serverNames.add(text);
  },
  'envoy.config.listener.v3.FilterChainMatch': ({ serverNames: names }: FilterChainMatch, atoms: Atoms) => {
    for (const name of names) atoms.serverNames.add(name.replace(/^\*/, 'x'));
  },
};

function collectRouteMatch({ pathSpecifier: path, caseSensitive }: RouteMatch, { paths }: Atoms): void {
  const ignoreCase = caseSensitive === false;
  switch (path.case) {
    case 'prefix':
      paths.push({ kind: 'prefix', text: path.value, ignoreCase });
      break;
    case 'path':
      paths.push({ kind: 'exact', text: path.value, ignoreCase });
      break;
    case 'pathSeparatedPrefix':
      paths.push({ kind: 'path-prefix', text: path.value, ignoreCase });
      break;
    case 'safeRegex':
      paths.push({ kind: 'regex', text: path.value.regex, ignoreCase: false });
      break;
    default:
  }
}

/** Pseudo-headers are the request's own parts. */
function collectHeader(matcher: HeaderMatcher, atoms: Atoms): void {
  const found = atomsOfHeader(matcher);
  const name = matcher.name.toLowerCase();
  if (name === ':path') atoms.paths.push(...found);
  else if (name === ':method') for (const { text } of found) atoms.methods.add(text);
  else if (name === ':authority' || name === 'host') for (const { text } of found) atoms.hosts.add(text);
  else if (!name.startsWith(':')) append(atoms.headers, name, found);
}

function collectParameter(matcher: QueryParameterMatcher, { parameters }: Atoms): void {
  const { name, queryParameterMatchSpecifier: specifier } = matcher;
  append(parameters, name, specifier.case === 'stringMatch' ? atomsOfString(specifier.value) : []);
}

function append<Item>(map: Map<string, Item[]>, key: string, items: readonly Item[]): void {
  map.set(key, [...(map.get(key) ?? []), ...items]);
}

function collectPrincipal({ identifier }: Principal, { peers }: Atoms): void {
  if (!['sourceIp', 'directRemoteIp', 'remoteIp'].includes(identifier.case ?? '')) return;
  peers.push(identifier.value as CidrRange);
}

/** The first key names what the provider writes; the rest is the way into the payload. */
function collectMetadata({ filter, path, value }: MetadataMatcher, { claims }: Atoms): void {
  if (filter !== 'envoy.filters.http.jwt_authn' || value === undefined) return;
  const [, ...keys] = path.map(({ segment }) => (segment.case === 'key' ? segment.value : ''));
  if (keys.length > 0) append(claims, keys.join('/'), claimAtoms(value, false));
}

function claimAtoms({ matchPattern: pattern }: ValueMatcher, inList: boolean): ClaimAtom[] {
  switch (pattern.case) {
    case 'stringMatch':
      return atomsOfString(pattern.value).map((atom) => ({ kind: 'text', atom, inList }));
    case 'boolMatch':
      return [true, false].map((value) => ({ kind: 'value', value }));
    case 'doubleMatch': {
      const range = pattern.value.matchPattern;
      if (range.case === 'exact') return [{ kind: 'value', value: range.value }];
      if (range.case !== 'range') return [];
      const { start, end } = range.value;
      return [start - 1, start, end].map((value) => ({ kind: 'value', value }));
    }
    case 'nullMatch':
      return [{ kind: 'value', value: null }];
    case 'listMatch': {
      const inner = pattern.value.matchPattern;
      return inner.case === 'oneOf' ? claimAtoms(inner.value, true) : [];
    }
    case 'orMatch':
      return pattern.value.valueMatchers.flatMap((member) => claimAtoms(member, inList));
    default:
      return [];
  }
}
