import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { RedirectActionSchema, RouteMatchSchema } from '#schema/envoy/config/route/v3/route_components_pb.js';
import { TestStream } from '../../../test/fixtures/filter-stream.ts';
import { Findings } from '../../resources/index.ts';
import { compileRedirect, ownUri } from './redirect.ts';
import { rewritePath } from './rewrite-request.ts';

type Init = MessageInitShape<typeof RedirectActionSchema>;

const SPOKEN: [string, string][] = [['x-forwarded-proto', 'http']];

function locationOf(init: Init, path: string, headers = SPOKEN): string | undefined {
  const match = create(RouteMatchSchema, { pathSpecifier: { case: 'prefix', value: '/a' } });
  const redirect = compileRedirect(create(RedirectActionSchema, init), match, new Findings());
  const stream = new TestStream({ path, headers });
  stream.request.authority = 'host.test:80';
  if (redirect?.pathRewrite !== undefined) rewritePath(stream, redirect.pathRewrite, true);
  return redirect?.location(stream.request);
}

const pathRedirect = (value: string) => ({ case: 'pathRedirect', value }) as const;
const prefixRewrite = (value: string) => ({ case: 'prefixRewrite', value }) as const;
const https = { case: 'httpsRedirect', value: true } as const;

/** As Envoy 1.40 redirects. */
const table: { name: string; init: Init; path: string; want: string }[] = [
  { name: 'leads where the request went', init: {}, path: '/a?q', want: 'http://host.test:80/a?q' },
  {
    name: 'drops the old scheme’s port with the scheme',
    init: { schemeRewriteSpecifier: https },
    path: '/a',
    want: 'https://host.test/a',
  },
  {
    name: 'keeps the request’s query with a new path',
    init: { pathRewriteSpecifier: pathRedirect('/to') },
    path: '/a?q',
    want: 'http://host.test:80/to?q',
  },
  {
    name: 'takes the new path’s query in its place',
    init: { pathRewriteSpecifier: pathRedirect('/to?x=1') },
    path: '/a?q',
    want: 'http://host.test:80/to?x=1',
  },
  {
    name: 'strips the request’s query, not the new path’s',
    init: { pathRewriteSpecifier: pathRedirect('/to?x=1'), stripQuery: true },
    path: '/a?q',
    want: 'http://host.test:80/to?x=1',
  },
  {
    name: 'keeps a new path apart from the host',
    init: { pathRewriteSpecifier: pathRedirect('.evil.test') },
    path: '/a',
    want: 'http://host.test:80/.evil.test',
  },
  {
    name: 'keeps a rewritten path apart from the host',
    init: { pathRewriteSpecifier: prefixRewrite('?b') },
    path: '/a/c',
    want: 'http://host.test:80/?b/c',
  },
  {
    name: 'strips the query from what it rewrites',
    init: { pathRewriteSpecifier: prefixRewrite('/b'), stripQuery: true },
    path: '/a/c?q',
    want: 'http://host.test:80/b/c',
  },
];

describe('the location of a redirect', () => {
  for (const { name, init, path, want } of table) {
    it(name, () => assert.equal(locationOf(init, path), want));
  }

  it('keeps a port that is no own port of what x-forwarded-proto says', () => {
    const init = { schemeRewriteSpecifier: https };
    assert.equal(locationOf(init, '/a', [['x-forwarded-proto', 'ftp']]), 'https://host.test:80/a');
    assert.equal(locationOf(init, '/a', SPOKEN), 'https://host.test/a');
    assert.equal(locationOf(init, '/a', []), 'https://host.test:80/a');
  });

  it('of a reply of no rule’s own drops the port of what was spoken beside a target of another scheme', () => {
    const at = (scheme: string, spoken: string) => {
      const { request } = new TestStream({ path: '/a?b', headers: [['x-forwarded-proto', spoken]] });
      return ownUri(Object.assign(request, { scheme, authority: '[::1]:80' }));
    };
    assert.equal(at('https', 'http'), 'https://[::1]/a?b');
    assert.equal(at('http', 'http'), 'http://[::1]:80/a?b');
  });

  it('has the request’s scheme, whatever x-forwarded-proto says', () => {
    assert.equal(locationOf({}, '/a', [['x-forwarded-proto', 'ftp']]), 'http://host.test:80/a');
  });
});
