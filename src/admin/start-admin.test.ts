import assert from 'node:assert/strict';
import { get, type IncomingMessage } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { type AdminServer, startAdmin } from './start-admin.ts';

describe('the admin interface', () => {
  let admin: AdminServer;
  let ready = true;
  let kept = true;
  before(async () => {
    admin = await startAdmin(
      { address: '127.0.0.1', port: 0 },
      {
        stats: () => [
          ['cluster.a.upstream_rq_total', 3],
          ['http.b.downstream_rq_total', 7],
        ],
        ready: () => ready,
        refusals: {
          list: () => (kept ? [{ id: 'ab', at: 'now', request: {}, status: 401, body: 'no' }] : []),
          find: (id) => (kept && ['ab', 'last'].includes(id) ? { id: 'ab', steps: [] } : undefined),
        },
        compileFilter: (pattern) => (pattern === '(' ? null : (name) => name.includes(pattern)),
      },
    );
  });
  after(() => admin.close());
  const ask = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${admin.at.port}${path}`);
    return [response.status, await response.text()];
  };

  it('gives every counter as text', async () => {
    assert.deepEqual(await ask('/stats'), [
      200,
      'cluster.a.upstream_rq_total: 3\nhttp.b.downstream_rq_total: 7\n',
    ]);
  });

  it('gives those that a filter finds, as JSON too', async () => {
    assert.deepEqual(await ask('/stats?filter=http'), [200, 'http.b.downstream_rq_total: 7\n']);
    assert.deepEqual(await ask('/stats?filter=cluster&format=json'), [
      200,
      '{"stats":[{"name":"cluster.a.upstream_rq_total","value":3}]}\n',
    ]);
  });

  it('refuses a filter that is no regular expression', async () => {
    assert.deepEqual(await ask('/stats?filter=('), [400, 'invalid regular expression `(`\n']);
  });

  it('says whether requests can be served', async () => {
    assert.deepEqual(await ask('/ready'), [200, 'LIVE\n']);
    ready = false;
    assert.equal((await ask('/ready'))[0], 503);
    ready = true;
  });

  it('lists the refusals, and gives one by its name or the last', async () => {
    const row = { id: 'ab', at: 'now', request: {}, status: 401, body: 'no' };
    assert.deepEqual(await ask('/why'), [200, `${JSON.stringify({ refusals: [row] })}\n`]);
    for (const id of ['ab', 'last']) {
      assert.deepEqual(await ask(`/why/${id}`), [200, '{"id":"ab","steps":[]}\n']);
    }
    assert.deepEqual(await ask('/why/cd'), [404, 'no refusal `cd` is kept\n']);
    assert.equal((await ask('/why/../stats'))[0], 200);
    assert.equal((await ask('/why/constructor'))[0], 404);
    kept = false;
    assert.deepEqual(await ask('/why/last'), [404, 'nothing was refused yet\n']);
    kept = true;
  });

  it('says so where an address is none, and serves on', async () => {
    for (const target of ['//', 'http://[', '//a:b']) {
      const answer = await new Promise<IncomingMessage>((resolve, reject) => {
        get({ port: admin.at.port, path: target }, resolve).on('error', reject);
      });
      answer.resume();
      assert.equal(answer.statusCode, 400);
    }
    assert.deepEqual(await ask('/ready'), [200, 'LIVE\n']);
  });

  it('names its pages where there is none', async () => {
    assert.deepEqual(await ask('/nothing'), [
      404,
      'no page `/nothing`; there are /stats, /ready, /server_info, /why\n',
    ]);
    assert.equal((await ask('/constructor'))[0], 404);
  });
});
