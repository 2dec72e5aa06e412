import { joinedLines, pseudoHeader } from '../../../core/match/index.ts';
import { firstCookie } from '../../http/cookies.ts';
import type { HeaderList } from '../../http/header-list.ts';
import type { SelectedRoute } from '../../route/selected-route.ts';
import type { FilterResult, FilterStream, HttpFilter, ResponseHead } from '../filter.ts';
import { convertValue } from './convert-value.ts';
import type { MetadataRule } from './rule.ts';

export interface MetadataRules {
  origin: object;
  request: readonly MetadataRule[];
  response: readonly MetadataRule[];
}

/** `envoy.filters.http.header_to_metadata`: writes headers and cookies into the metadata (Envoy: header_to_metadata_filter.cc). */
export class HeaderToMetadataFilter implements HttpFilter {
  readonly kind = 'header_to_metadata';
  readonly origin: object;
  readonly #own: MetadataRules;
  readonly #routeRules: (route: SelectedRoute | null) => MetadataRules | undefined;
  /** The rules of a request are those of its response, whatever route there is by then. */
  readonly #chosen = new WeakMap<FilterStream, MetadataRules>();

  /** @param routeRules what a route puts in the place of the filter's own rules */
  constructor(own: MetadataRules, routeRules: (route: SelectedRoute | null) => MetadataRules | undefined) {
    this.origin = own.origin;
    this.#own = own;
    this.#routeRules = routeRules;
  }

  decodeHeaders(stream: FilterStream): FilterResult {
    const chosen = this.#routeRules(stream.route) ?? this.#own;
    this.#chosen.set(stream, chosen);
    const { request } = stream;
    const find = (name: string) => pseudoHeader(request, name) ?? joinedLines(request.headers, name);
    for (const rule of chosen.request) applyRule(rule, request.headers, find, stream);
    return undefined;
  }

  encodeHeaders(stream: FilterStream, { status, headers }: ResponseHead): void {
    const { response: rules } = this.#chosen.get(stream) ?? this.#routeRules(stream.route) ?? this.#own;
    const find = (name: string) => (name === ':status' ? String(status) : joinedLines(headers, name));
    for (const rule of rules) applyRule(rule, headers, find, stream);
  }
}

function applyRule(
  rule: MetadataRule,
  headers: HeaderList,
  findHeader: (name: string) => string | undefined,
  stream: FilterStream,
): void {
  const { kind, name } = rule.source;
  // An empty cookie is none, an empty header is there (Envoy: Utility::parseCookieValue).
  const found = kind === 'header' ? findHeader(name) : firstCookie(headers, name) || undefined;
  if (found !== undefined && rule.removes) headers.remove(name);
  const target = found === undefined ? rule.missing : rule.present;
  const value = target === null ? undefined : convertValue(found ?? '', target);
  if (target !== null && value !== undefined) stream.metadata.set(target.namespace, target.key, value);
  const { recorder } = stream;
  if (recorder === null) return;
  recorder.open('rule', `${kind} ${name} ${found === undefined ? 'is missing' : 'is there'}`, rule.origin);
  if (target === null || value === undefined) recorder.close('no', 'nothing is written');
  else recorder.close('ok', `written to ${target.namespace}:${target.key}`);
}
