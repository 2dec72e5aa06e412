import type { Scene } from '../rehearsal/scene.ts';

const HTTP = 'type.googleapis.com/envoy.extensions.filters.http';

/** A filter of a scene by the rest of its type's name. */
export function filter(type: string, config: object): Scene['filters'][number] {
  return { type: `${HTTP}.${type}`, ...config };
}

/** A message in an `Any`, for routes. */
export function typed(type: string, config: object): object {
  return { '@type': `${HTTP}.${type}`, ...config };
}

/** `/origin…` goes to the origin, all else is answered here. */
export const ROUTES = {
  virtual_hosts: [
    {
      name: 'all',
      domains: ['*'],
      routes: [
        { match: { prefix: '/origin' }, route: { cluster: 'origin' } },
        { match: { prefix: '/' }, direct_response: { status: 200, body: { inline_string: 'direct' } } },
      ],
    },
  ],
};
