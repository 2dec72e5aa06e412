import { createTokenSigner } from '../../e2e/token-signer.ts';
import { type Case, jwtAuthn, type Scene, type SceneRequest } from '../rehearsal/scene.ts';
import { add } from './route-parts.ts';

const status = (op: string, value: number) => ({
  status_code_filter: { comparison: { op, value: { default_value: value, runtime_key: 'x' } } },
});

const routeConfig = {
  validate_clusters: false,
  virtual_hosts: [
    {
      name: 'all',
      domains: ['host.test'],
      response_headers_to_add: [add('x-host', 'all')],
      routes: [
        { match: { prefix: '/direct' }, direct_response: { status: 200, body: { inline_string: 'body' } } },
        {
          match: { prefix: '/html' },
          direct_response: { status: 404, body: { inline_string: '<b>' } },
          response_headers_to_add: [add('content-type', 'text/html')],
        },
        { match: { prefix: '/empty' }, direct_response: { status: 404 } },
        { match: { prefix: '/redirect' }, redirect: { path_redirect: '/x' } },
        { match: { prefix: '/nowhere' }, route: { cluster: 'none' } },
        { match: { prefix: '/' }, route: { cluster: 'origin' } },
      ],
    },
  ],
};

const filters = [
  jwtAuthn({
    providers: { p: { issuer: 'i', local_jwks: { inline_string: createTokenSigner('ES256').jwks } } },
    rules: [{ match: { prefix: '/jwt' }, requires: { provider_name: 'p' } }],
  }),
];

const replies = (name: string, local_reply_config: object): Scene => ({
  name: `replies ${name}`,
  filters,
  routeConfig,
  manager: { local_reply_config },
});

export const localReplyScenes: readonly Scene[] = [
  replies('json', {
    body_format: {
      json_format: {
        status: '%RESPONSE_CODE%',
        message: '%LOCAL_REPLY_BODY%',
        path: '%REQ(:path)%',
        why: { details: '%RESPONSE_CODE_DETAILS%', flags: '%RESPONSE_FLAGS%', none: '%REQ(none)%' },
      },
    },
  }),
  replies('text', {
    body_format: {
      text_format: '%LOCAL_REPLY_BODY%:%RESPONSE_CODE%:path=%REQ(:path)%:%RESPONSE_FLAGS%\n',
      content_type: 'text/html; charset=UTF-8',
    },
  }),
  replies('same', { body_format: { text_format_source: { inline_string: '%LOCAL_REPLY_BODY%' } } }),
  replies('empty', { body_format: { text_format_source: { inline_string: '' } } }),
  replies('none', {}),
  replies('mapped', {
    mappers: [
      {
        filter: {
          and_filter: {
            filters: [status('EQ', 401), { header_filter: { header: { name: 'x-a', present_match: true } } }],
          },
        },
        status_code: 403,
        body: { inline_string: 'forbidden' },
        headers_to_add: [
          add('x-map', '%RESPONSE_CODE%|%RESP(:status)%|%RESPONSE_CODE_DETAILS%|%REQ(:path)%'),
          add('x-host', 'over', { append_action: 'OVERWRITE_IF_EXISTS_OR_ADD' }),
          add('www-authenticate', 'x', { append_action: 'OVERWRITE_IF_EXISTS' }),
        ],
      },
      {
        filter: { response_flag_filter: { flags: ['NR', 'NC'] } },
        body: { inline_string: 'nowhere' },
        body_format_override: { json_format: { m: '%LOCAL_REPLY_BODY%' } },
      },
      {
        filter: status('EQ', 401),
        status_code: 302,
        headers_to_add: [
          add('location', 'https://login.test/?rd=%REQ(:path)%'),
          add('content-type', 'text/xml'),
        ],
      },
      { filter: status('EQ', 404), body: { inline_string: '' } },
      { filter: status('GE', 400), headers_to_add: [add('x-400', 'y')] },
    ],
    body_format: { text_format_source: { inline_string: '<%LOCAL_REPLY_BODY%>' } },
  }),
];

const requests: (SceneRequest & { rehearsed?: boolean })[] = [
  { path: '/jwt?q' },
  { path: '/jwt', headers: [['x-a', '1']] },
  { path: '/jwt', method: 'HEAD' },
  { path: '/jwt', headers: [['content-type', 'application/grpc']], rehearsed: false },
  { path: '/direct' },
  { path: '/html' },
  { path: '/empty' },
  { path: '/empty', method: 'HEAD' },
  { path: '/redirect' },
  { path: '/nowhere' },
  { path: '/', host: 'other.test' },
  { path: '/forwarded' },
];

export const localReplyCases: readonly Case[] = localReplyScenes.flatMap(({ name: scene }) =>
  requests.map(({ rehearsed = true, ...request }) => ({
    name: `${request.method ?? 'GET'} ${request.path} ${JSON.stringify(request.headers ?? [])}`,
    scene,
    request,
    rehearsed,
  })),
);
