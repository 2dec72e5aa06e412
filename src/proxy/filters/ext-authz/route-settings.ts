import type { Message } from '@bufbuild/protobuf';
import {
  type CheckSettings,
  type ExtAuthz,
  type ExtAuthzPerRoute,
  ExtAuthzSchema,
} from '#schema/envoy/extensions/filters/http/ext_authz/v3/ext_authz_pb.js';
import { type FindingAbout, Findings } from '../../../resources/index.ts';
import type { FactoryContext } from '../filter.ts';
import type { Authorizer, Extensions } from './authorizer.ts';
import { compileRouteBody, type RouteBody } from './body-settings.ts';
import { compileGrpcAuthorizer, compileHttpAuthorizer } from './compile-authorizer.ts';

/** What one level of the routes says to the filter. */
export interface RouteWord {
  isOff: boolean;
  extensions: Extensions;
  /** Is asked in the place of the filter's own; null: that one is. */
  authorizer: Authorizer | null;
  body: RouteBody;
}

/** Compiles what one level says. @param own the filter's configuration, where a chain has one. @returns null after an error */
export function compileRouteWord(
  config: Message,
  { findings }: FactoryContext,
  own: Message | null,
): RouteWord | null {
  const { override } = config as ExtAuthzPerRoute;
  if (override.case !== 'checkSettings') {
    return { ...NOTHING, isOff: override.value === true };
  }
  const settings = override.value;
  const filter = own?.$typeName === ExtAuthzSchema.typeName ? (own as ExtAuthz) : null;
  const authorizer = filter === null ? null : compileOverride(filter, settings, findings);
  const body = compileRouteBody(settings, findings);
  if (body === undefined) return null;
  return { isOff: false, extensions: settings.contextExtensions, authorizer, body };
}

function compileOverride(filter: ExtAuthz, settings: CheckSettings, findings: Findings): Authorizer | null {
  const { serviceOverride } = settings;
  const late = new LateFindings(findings);
  switch (serviceOverride.case) {
    case 'grpcService':
      return compileGrpcAuthorizer(filter, settings, serviceOverride.value, late);
    case 'httpService':
      return compileHttpAuthorizer(settings, serviceOverride.value, late);
    case undefined:
      return null;
  }
}

/** Envoy looks at a route's service when a request comes there, and its process ends where it would refuse a filter's (row F17). */
class LateFindings extends Findings {
  readonly #findings: Findings;

  constructor(findings: Findings) {
    super();
    this.#findings = findings;
  }

  override report(finding: FindingAbout): void {
    const { message, envoy } = finding;
    const end = ': Envoy takes the file, and crashes when a request comes to the route';
    this.#findings.report(
      envoy === 'refuses' ? { ...finding, message: `${message}${end}`, envoy: 'accepts' } : finding,
    );
  }
}

/** What all levels say together: the most specific one whether and whom to ask, every one what to add. */
export function mergeWords(words: readonly RouteWord[]): RouteWord {
  const [first = NOTHING] = words;
  if (words.length < 2) return first;
  const extensions = Object.assign({}, ...words.toReversed().map((word) => word.extensions)) as Extensions;
  return { ...first, extensions };
}

const NOTHING: RouteWord = { isOff: false, extensions: {}, authorizer: null, body: 'own' };
