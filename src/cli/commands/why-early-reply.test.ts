import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { config, file, fileOf, lineOf, why } from '../../../test/fixtures/why-scene.ts';

describe('a request whose head the gate refuses is told as the gate answers it', () => {
  const table: { name: string; args: string[]; want: [number | null, string] }[] = [
    { name: 'an unknown method', args: ['-X', 'FOO', '/docs'], want: [400, 'http1.invalid_method'] },
    { name: 'a method in small letters', args: ['-X', 'get', '/docs'], want: [400, 'http1.invalid_method'] },
    { name: 'a tunnel', args: ['-X', 'CONNECT', '/docs'], want: [501, 'connect_not_supported'] },
    {
      name: 'a name that is none',
      args: ['-H', 'a b: c', '/docs'],
      want: [400, 'http1.invalid_header_name'],
    },
    { name: 'a fragment', args: ['/docs#a'], want: [400, 'path_normalization_failed'] },
    { name: 'a blank', args: ['/docs a'], want: [400, 'http1.invalid_start_line'] },
    {
      name: 'a host twice',
      args: ['-H', 'host: a', '-H', 'host: b', '/docs'],
      want: [400, 'http1.two_hosts'],
    },
    {
      name: 'an upgrade',
      args: ['-H', 'connection: upgrade', '-H', 'upgrade: x', '/docs'],
      want: [403, 'upgrade_failed'],
    },
    { name: 'all of the server, with GET', args: ['*'], want: [400, 'http1.invalid_url'] },
    {
      name: 'all of the server',
      args: ['-X', 'OPTIONS', '*'],
      want: [404, 'absolute_path_rejected'],
    },
    {
      name: 'a URL with a fragment, which no client sends',
      args: ['http://shop.test/docs#a'],
      want: [null, ''],
    },
  ];
  for (const { name, args, want } of table) {
    it(name, async () => {
      const { out } = await why('-c', file, '--json', ...args);
      const { status, details, steps, remedies } = JSON.parse(out);
      assert.deepEqual([status, details], want);
      const refusing = steps[0].steps.filter(({ kind }: { kind: string }) => kind === 'codec');
      const prepared = steps[0].steps.filter(({ kind }: { kind: string }) => kind === 'preparation');
      assert.equal(prepared.length, name === 'all of the server' ? 1 : 0);
      assert.equal(refusing.length, status === null || name === 'all of the server' ? 0 : 1);
      if (refusing.length === 1) assert.deepEqual([refusing[0].verdict, remedies], ['deny', null]);
    });
  }

  it('in one line, with the status and the reason', async () => {
    const { out } = await why('-c', file, '-X', 'FOO', '/docs');
    assert.match(out, /^FOO \/docs {2}-> {2}400 {2}Bad Request\n/);
    assert.match(out, /\n {2}DENY HTTP\/1: the head of the request is refused \(http1.invalid_method\)\n$/);
  });
});

describe('a request that the connection manager answers before any filter names the setting that did', () => {
  const settings = `                normalize_path: true
                path_with_escaped_slashes_action: ACTION
                common_http_protocol_options: { headers_with_underscores_action: REJECT_REQUEST }
                use_remote_address: false
`;
  const table = [
    {
      name: 'an escaped slash that is refused',
      action: 'REJECT_REQUEST',
      args: ['/a%2fb'],
      want: [400, 'path_with'],
    },
    {
      name: 'an escaped slash behind slashes, which is no path of an address',
      action: 'REJECT_REQUEST',
      args: ['//%2f'],
      want: [400, 'path_with'],
    },
    {
      name: 'an escaped slash that is redirected',
      action: 'UNESCAPE_AND_REDIRECT',
      args: ['/a%2fb'],
      want: [307, 'path_with'],
    },
    {
      name: 'of gRPC: refused',
      action: 'UNESCAPE_AND_REDIRECT',
      args: ['-H', 'content-type: application/grpc', '/a%5cb'],
      want: [400, 'path_with'],
    },
    {
      name: 'an escaped NUL',
      action: 'UNESCAPE_AND_FORWARD',
      args: ['/a%2fb%00'],
      want: [400, 'normalize_path'],
    },
    {
      name: 'an escaped NUL behind what would be redirected',
      action: 'UNESCAPE_AND_REDIRECT',
      args: ['/a%2fb%00'],
      want: [400, 'normalize_path'],
    },
    {
      name: 'an underscore',
      action: 'KEEP_UNCHANGED',
      args: ['-H', 'a_b: 1', '/'],
      want: [400, 'headers_with'],
    },
  ];
  for (const { name, action, args, want } of table) {
    it(name, async () => {
      const text = config.replace(
        /^ +stat_prefix: .*\n/m,
        (line) =>
          line + settings.replaceAll(/^ +/gm, ' '.repeat(line.search(/\S/))).replace('ACTION', action),
      );
      const given = fileOf('prepared.yaml', text);
      const { status, steps } = JSON.parse((await why('-c', given, '--json', ...args)).out);
      const denied = steps[0].steps.find(({ kind }: { kind: string }) => kind === 'preparation');
      assert.deepEqual(
        [status, denied.verdict, denied.at.line],
        [want[0], 'deny', lineOf(text, want[1] as string)],
      );
      const { out } = await why('-c', given, ...args);
      assert.match(out, new RegExp(`\n {2}DENY [^\n]*:${denied.at.line}\n`));
    });
  }

  it('a request that says no scheme has no route, which is told beside what the filters say', async () => {
    const { out } = await why('-c', file, '--json', '-H', 'x-forwarded-proto:', '/docs');
    const { status, steps } = JSON.parse(out);
    const told = steps[0].steps.find(({ kind }: { kind: string }) => kind === 'preparation');
    assert.deepEqual([status, told.verdict, told.text], [404, 'no', 'scheme']);
    assert.match(told.reason, /x-forwarded-proto is empty/);
  });

  it('as its local reply is mapped', async () => {
    const map =
      'local_reply_config: { mappers: [ { filter: { status_code_filter: { comparison: { op: EQ, value: { default_value: 400, runtime_key: x } } } }, status_code: 404 } ] }';
    const text = config.replace(/^( +)stat_prefix: .*\n/m, `$&$1normalize_path: true\n$1${map}\n`);
    const { out } = await why('-c', fileOf('mapped.yaml', text), '--json', '/a%00');
    assert.equal(JSON.parse(out).status, 404);
  });
});
