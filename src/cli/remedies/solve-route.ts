import type { RouteMatch, VirtualHost } from '#schema/envoy/config/route/v3/route_components_pb.js';
import type { RouteConfiguration } from '#schema/envoy/config/route/v3/route_pb.js';
import { matchesAtom, type TextAtom } from '../policy-diff/text-atom.ts';
import { type Alternative, type Constraint, constant, product, type SlotValue, union } from './constraint.ts';
import { headerAlternatives, parameterAlternatives } from './solve-matchers.ts';

/** What a request needs to be of a route, as far as it is told by path, headers and query. */
export function matchAlternatives(match: RouteMatch): Alternative[] {
  const path = pathAtom(match);
  return product([
    path === null ? constant(true) : [[pathConstraint(path)]],
    ...match.headers.map((header) => headerAlternatives(header, true)),
    ...match.queryParameters.map((parameter) => parameterAlternatives(parameter, true)),
  ]);
}

function pathAtom({ pathSpecifier: path, caseSensitive }: RouteMatch): TextAtom | null {
  const ignoreCase = caseSensitive === false;
  switch (path.case) {
    case 'prefix':
      return { kind: 'prefix', text: path.value, ignoreCase };
    case 'path':
      return { kind: 'exact', text: path.value, ignoreCase };
    case 'pathSeparatedPrefix':
      return { kind: 'path-prefix', text: path.value, ignoreCase };
    case 'safeRegex':
      return { kind: 'regex', text: path.value.regex, ignoreCase: false };
    default:
      return null;
  }
}

function pathConstraint(atom: TextAtom): Constraint {
  const test = matchesAtom(atom);
  return {
    slot: { kind: 'path' },
    test: (value: SlotValue) => typeof value === 'string' && test(value),
    atoms: [atom],
  };
}

const HOSTS_MAX = 32;
const ROUTES_MAX = 64;

/** What a request needs to be of some route that does not refuse by itself. */
export function routeAlternatives({ virtualHosts }: RouteConfiguration): Alternative[] {
  const lists = virtualHosts.slice(0, HOSTS_MAX).map((host) => {
    const routes = host.routes.slice(0, ROUTES_MAX).filter(({ action }) => {
      return action.case !== 'directResponse' || action.value.status < 400;
    });
    return product([
      hostAlternatives(host),
      union(routes.map(({ match }) => (match === undefined ? [] : matchAlternatives(match)))),
    ]);
  });
  return union(lists);
}

function hostAlternatives({ domains }: VirtualHost): Alternative[] {
  if (domains.includes('*')) return constant(true);
  const names = domains.map((domain) => domain.replace(/^\*/, 'x').replace(/\*$/, 'x'));
  return [
    [
      {
        slot: { kind: 'host' },
        test: (value) => typeof value === 'string' && domains.some((domain) => isOfDomain(value, domain)),
        atoms: [],
        candidates: () => names,
      },
    ],
  ];
}

function isOfDomain(host: string, domain: string): boolean {
  const name = host.toLowerCase();
  const wanted = domain.toLowerCase();
  if (wanted.startsWith('*')) return name.length >= wanted.length && name.endsWith(wanted.slice(1));
  if (wanted.endsWith('*')) return name.length >= wanted.length && name.startsWith(wanted.slice(0, -1));
  return name === wanted;
}
