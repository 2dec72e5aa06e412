import type { Policy } from '#schema/envoy/config/rbac/v3/rbac_pb.js';
import type { RouteMatch } from '#schema/envoy/config/route/v3/route_components_pb.js';
import type {
  JwtAuthentication,
  JwtProvider,
  JwtRequirement,
} from '#schema/envoy/extensions/filters/http/jwt_authn/v3/config_pb.js';
import type { Matcher } from '#schema/xds/type/matcher/v3/matcher_pb.js';
import type { Step } from '../../base/index.ts';
import type { CompiledConnectionManager, CompiledListener, Verdict } from '../../proxy/rehearsal/index.ts';
import { walkMessages } from '../../resources/index.ts';
import { ownPlaces } from '../policy-diff/token-dimension.ts';
import { applyAlternative, type SlotContext } from './apply-slot.ts';
import { type Alternative, product, union } from './constraint.ts';
import { type Refusal, refusalIn, stepsOfKind, typeOf } from './deny-step.ts';
import { type Draft, splitTarget, textAt, withHeader, withPath } from './draft.ts';
import type { KeyedWorld } from './keyed-world.ts';
import { type PolicyContext, policyAlternatives } from './solve-rbac.ts';
import { matchAlternatives, routeAlternatives } from './solve-route.ts';
import { type TokenNeeds, tokensFor, withoutToken, withToken } from './solve-token.ts';
import { treeAlternatives } from './solve-tree.ts';

const JWT_AUTHN = 'envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication';
const JWT_NAMESPACE = 'envoy.filters.http.jwt_authn';
const RULES_MAX = 32;
/** What rbac filters write to. */
const OWN_NAMESPACES = new Set(['envoy.filters.http.rbac', 'envoy.common']);

/** Finds, for a refused draft, the drafts that differ in what was refused. */
export class NextDrafts {
  readonly #world: KeyedWorld;
  readonly #listener: CompiledListener;
  readonly #nowSeconds: number;
  readonly #needs = new Map<JwtAuthentication, TokenNeeds[]>();
  readonly #solved = new Map<object, Alternative[]>();

  constructor(world: KeyedWorld, listener: CompiledListener, nowSeconds: number) {
    this.#world = world;
    this.#listener = listener;
    this.#nowSeconds = nowSeconds;
  }

  from(draft: Draft, { status }: Verdict, root: Step): Draft[] {
    const manager = this.managerOf(draft);
    if (status === 0 || manager === null) return this.#throughChains(draft);
    const refusal = refusalIn(root);
    const context = this.#slotContext(manager);
    const { filter, route } = refusal;
    if (filter === null && route === null && !this.#isRouted(root)) return unprepared(draft);
    if (filter === null) return applyAll(this.#routes(manager), draft, context);
    if (typeOf(filter.origin) === JWT_AUTHN) return this.#withTokens(draft, filter, context);
    const found = this.policyAlternatives(refusal, manager);
    if (found === null) return [];
    const kept = this.#matchOf(route?.match);
    return applyAll(union([product([found, kept]), found]), draft, context);
  }

  /** Requests for the other routes, where nothing passes by this one. */
  elsewhere(draft: Draft): Draft[] {
    const manager = this.managerOf(draft);
    if (manager === null) return [];
    return applyAll(this.#routes(manager), draft, this.#slotContext(manager));
  }

  managerOf({ connection }: Draft): CompiledConnectionManager | null {
    return this.#listener.selectChain(connection, null)?.manager ?? null;
  }

  /** What would let a request past the policies that refused one; null: no policies did. */
  policyAlternatives({ filter }: Refusal, manager: CompiledConnectionManager): Alternative[] | null {
    if (filter === null) return null;
    const context = this.#policyContext(manager);
    const policies = stepsOfKind(filter, 'policy');
    const denying = policies.find(({ verdict }) => verdict === 'deny');
    const solve = (policy: object | undefined, want: boolean) =>
      this.#once(policy as object, () => policyAlternatives(policy as Policy, want, context));
    if (denying !== undefined) return solve(denying.origin, false);
    const trees = stepsOfKind(filter, 'matcher');
    if (trees.length > 0)
      return union(
        trees.map(({ origin }) => this.#once(origin as object, () => treeAlternatives(origin as Matcher))),
      );
    if (typeOf(filter.origin) !== RBAC) return null;
    return union(nearestFirst(policies).map(({ origin }) => solve(origin, true)));
  }

  /** A message is solved once: that a policy is of ALLOW or of DENY rules is one of the two. */
  #once(message: object, solve: () => Alternative[]): Alternative[] {
    const known = this.#solved.get(message) ?? solve();
    this.#solved.set(message, known);
    return known;
  }

  #matchOf(match: RouteMatch | undefined): Alternative[] {
    return match === undefined ? [[]] : this.#once(match, () => matchAlternatives(match));
  }

  #routes({ routes: { origin } }: CompiledConnectionManager): Alternative[] {
    return this.#once(origin, () => routeAlternatives(origin));
  }

  #isRouted(root: Step): boolean {
    return root.steps[0]?.steps.some(({ kind }) => kind === 'virtual host') === true;
  }

  /** Other server names, with and without TLS. */
  #throughChains(draft: Draft): Draft[] {
    const names = this.#listener.origin.filterChains.flatMap(
      ({ filterChainMatch: match }) => match?.serverNames ?? [],
    );
    const hello = (serverName: string, tls: boolean) => ({
      ...draft,
      connection: { ...draft.connection, tls, serverName },
    });
    return [hello('', false), hello('', true), ...names.map((name) => hello(name.replace(/^\*/, 'x'), true))];
  }

  /** A token that some provider takes, in each of its places; or none where a bad one is. */
  #withTokens(draft: Draft, filter: Step, context: SlotContext): Draft[] {
    const config = filter.origin as JwtAuthentication;
    const drafts: Draft[] = [];
    for (const needs of this.#needsOf(config)) {
      for (const token of tokensFor(needs, draft, this.#nowSeconds, this.#world.read)) {
        drafts.push(withToken(draft, token));
      }
      for (const place of ownPlaces(needs.provider)) {
        const isThere = textAt(draft.words, place) !== undefined;
        if (isThere) drafts.push(withoutToken(draft, place));
      }
    }
    const rules = config.rules.slice(0, RULES_MAX).map(({ match }) => this.#matchOf(match));
    return [...drafts, ...applyAll(union(rules), draft, context)];
  }

  #needsOf(config: JwtAuthentication): readonly TokenNeeds[] {
    const known = this.#needs.get(config) ?? needsOf(config);
    this.#needs.set(config, known);
    return known;
  }

  #policyContext(manager: CompiledConnectionManager): PolicyContext {
    const providers = this.#providersOf(manager);
    const isKnown = manager.filters.every(({ kind }) => ['cors', 'jwt_authn', 'rbac'].includes(kind));
    const others = new Set(
      providers.flatMap(({ failedStatusInMetadata, headerInMetadata }) => [
        failedStatusInMetadata,
        headerInMetadata,
      ]),
    );
    return {
      payloadKeys: new Set(providers.map(({ payloadInMetadata }) => payloadInMetadata).filter(Boolean)),
      mayBeWritten: (namespace, key) =>
        !isKnown || (namespace === JWT_NAMESPACE ? others.has(key) : OWN_NAMESPACES.has(namespace)),
      connection: { localAddress: this.#listener.address.address, localPort: this.#listener.address.port },
    };
  }

  #providersOf(manager: CompiledConnectionManager): JwtProvider[] {
    return this.#filtersOf(manager).flatMap(({ providers }) => Object.values(providers));
  }

  #filtersOf({ filters }: CompiledConnectionManager): JwtAuthentication[] {
    return filters.flatMap(({ origin }) =>
      typeOf(origin) === JWT_AUTHN ? [origin as unknown as JwtAuthentication] : [],
    );
  }

  #slotContext(manager: CompiledConnectionManager): SlotContext {
    const needs = this.#filtersOf(manager).flatMap((config) => this.#needsOf(config));
    return {
      writers: (key) => needs.filter(({ provider }) => provider.payloadInMetadata === key),
      claimHeaders: needs.flatMap((one) =>
        one.provider.claimToHeaders.map(({ headerName, claimName, claimPath }) => ({
          header: headerName.toLowerCase(),
          path: claimPath.length > 0 ? claimPath.map(({ key }) => key) : claimName.split('.'),
          needs: one,
        })),
      ),
      nowSeconds: this.#nowSeconds,
      read: this.#world.read,
    };
  }
}

/** Each provider with its own audiences, and with those that a requirement names. */
function needsOf(config: JwtAuthentication): TokenNeeds[] {
  const needs: TokenNeeds[] = Object.values(config.providers).map((provider) => ({
    provider,
    audiences: provider.audiences,
  }));
  walkMessages(config, (message) => {
    if (message.$typeName !== 'envoy.extensions.filters.http.jwt_authn.v3.JwtRequirement') return;
    const { requiresType: type } = message as unknown as JwtRequirement;
    if (type.case !== 'providerAndAudiences' || type.value.audiences.length === 0) return;
    const provider = config.providers[type.value.providerName];
    if (provider !== undefined) needs.push({ provider, audiences: type.value.audiences });
  });
  return needs;
}

const RBAC = 'envoy.extensions.filters.http.rbac.v3.RBAC';

/** Policies of which a part matches already need less to match as a whole. */
function nearestFirst(policies: readonly Step[]): Step[] {
  const matching = ({ steps }: Step) => steps.filter(({ verdict }) => verdict === 'ok').length;
  return policies.toSorted((a, b) => matching(b) - matching(a));
}

function applyAll(alternatives: readonly Alternative[], draft: Draft, context: SlotContext): Draft[] {
  return alternatives.flatMap((one) => applyAlternative(one, draft, context));
}

/** What the connection manager refuses before it looks for a route: a path that it does not take, a header that it does not. */
function unprepared(draft: Draft): Draft[] {
  const { words } = draft;
  const [path] = splitTarget(words.path);
  const unescaped = path.replaceAll(/%2f|%5c|\\/gi, '/').replaceAll(/%(?![\da-f]{2})/gi, '');
  const plain = URL.parse(`http://a${unescaped}`)?.pathname ?? '/';
  const names = new Set(words.headers.map(([name]) => name));
  return [
    ...[plain.replaceAll(/\/{2,}/g, '/'), '/'].map((one) => ({ ...draft, words: withPath(words, one) })),
    ...[...names].map((name) => ({ ...draft, words: withHeader(words, name, null) })),
  ];
}
