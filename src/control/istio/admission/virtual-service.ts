import type { HttpMatch, HttpRoute, VirtualService } from '#schema/istio/networking_pb.js';
import { parseGoDuration } from '../go-duration.ts';
import { isRedirectCode } from '../routing/route-action.ts';
import { parseRoutingClaim, startsLikeRoutingClaim } from '../routing/routing-claim.ts';
import type { Faults } from './fault.ts';

/** Istio's own checks of a VirtualService, as far as they decide what its routes are. */
export function admitVirtualService({ spec }: VirtualService, faults: Faults): void {
  if (spec === undefined) return;
  if (spec.hosts.length === 0) faults.both(spec, 'hosts', 'a VirtualService needs at least one host');
  const forGateways = spec.gateways.length > 0 && !spec.gateways.includes('mesh');
  for (const route of spec.http) {
    admitRoute(route, faults);
    for (const match of route.match) admitMatch(match, forGateways, faults);
  }
}

function admitRoute(route: HttpRoute, faults: Faults): void {
  const { redirect, directResponse, rewrite, timeout } = route;
  const ways = [redirect !== undefined, directResponse !== undefined, route.route.length > 0];
  if (route.delegate === undefined && ways.filter(Boolean).length !== 1) {
    faults.webhook(route, undefined, 'a route needs exactly one of `route`, `redirect` and `directResponse`');
  }
  if (redirect !== undefined && !isRedirectCode(redirect.redirectCode)) {
    faults.webhook(redirect, 'redirect_code', `${redirect.redirectCode} is no code of a redirect`);
  }
  if (rewrite !== undefined && redirect !== undefined) {
    faults.webhook(rewrite, undefined, 'a redirect and a rewrite exclude each other');
  }
  if (timeout !== undefined && (parseGoDuration(timeout) ?? -1n) < 0n) {
    faults.both(route, 'timeout', `\`${timeout}\` is no duration such as \`1.5s\``);
  }
  const maxAge = route.corsPolicy?.maxAge;
  if (route.corsPolicy !== undefined && maxAge !== undefined && parseGoDuration(maxAge) === null) {
    faults.both(route.corsPolicy, 'max_age', `\`${maxAge}\` is no duration such as \`24h\``);
  }
  admitDestinations(route, faults);
}

function admitDestinations({ route }: HttpRoute, faults: Faults): void {
  for (const member of route) {
    const { destination } = member;
    if (destination === undefined) faults.both(member, 'destination', 'a `destination` is missing');
    else if (destination.host === '') faults.both(destination, 'host', 'a destination needs a `host`');
  }
  const total = route.reduce((sum, { weight }) => sum + weight, 0);
  const [first] = route;
  if (first !== undefined && route.length > 1 && total === 0) {
    faults.webhook(first, 'weight', 'the weights of a route add up to 0');
  }
}

function admitMatch(match: HttpMatch, forGateways: boolean, faults: Faults): void {
  const names = { headers: match.headers, without_headers: match.withoutHeaders };
  for (const [field, headers] of Object.entries(names)) {
    for (const name of Object.keys(headers)) {
      if (!startsLikeRoutingClaim(name)) continue;
      const at = `${field}[${name}]`;
      if (parseRoutingClaim(name) === null) {
        faults.webhook(match, at, `\`${name}\` names no claim`, 'write `@request.auth.claims[name]`');
      } else if (!forGateways) {
        faults.webhook(match, at, 'claims decide routes of gateways only, not of the mesh');
      }
    }
  }
}
