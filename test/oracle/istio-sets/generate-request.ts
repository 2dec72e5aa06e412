import type { Random } from '../../fuzz/random.ts';
import { HOSTS, METHODS, PATHS, TEAMS } from './generate-set.ts';

export interface SetRequest {
  method: string;
  host: string;
  path: string;
  headers: Record<string, string>;
}

/** A request that has a chance to be about what the sets are about. @param tokens by name */
export function generateRequest(random: Random, tokens: Readonly<Record<string, string>>): SetRequest {
  const token = random.chance(0.75) ? (tokens[random.pick(Object.keys(tokens))] as string) : null;
  const place = random.below(10);
  const query = [
    ...(token !== null && place === 0 ? [`token=${token}`] : []),
    ...(token !== null && place === 1 ? [`access_token=${token}`] : []),
    ...(random.chance(0.2) ? ['v=1'] : []),
  ].join('&');
  const team = random.pick(TEAMS);
  return {
    method: random.pick(METHODS),
    host: random.pick(HOSTS),
    path: random.pick(PATHS) + (query === '' ? '' : `?${query}`),
    headers: {
      ...(team === '' ? {} : { 'x-team': team }),
      ...(random.chance(0.2) ? { origin: 'https://o.test', 'access-control-request-method': 'GET' } : {}),
      ...(random.chance(0.1) ? { 'x-sub': 'forged', 'x-payload': 'forged' } : {}),
      ...(token === null ? {} : tokenHeader(token, place)),
    },
  };
}

function tokenHeader(token: string, place: number): Record<string, string> {
  if (place <= 1) return {};
  if (place === 2) return { 'x-token': `Token ${token}` };
  if (place === 3) return { cookie: `session=${token}` };
  return { authorization: `Bearer ${token}` };
}
