import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TestStream } from '../../../../test/fixtures/filter-stream.ts';
import { STATUS, type Status, statusText } from '../../../core/jwt/index.ts';
import { challengePath, challengeUri, denialReply, httpCodeOf, wrongNameReply } from './replies.ts';

describe('the reply to every failing status', () => {
  for (const status of Object.values(STATUS).filter((one): one is Status => one !== STATUS.ok)) {
    it(`${status} ${statusText(status)}`, () => {
      const reply = denialReply(status, 'http://h/', false);
      assert.equal(reply.status, status === 25 ? 403 : 401);
      assert.equal(reply.status, httpCodeOf(status));
      assert.equal(reply.body, statusText(status));
      const error = status === 1 ? '' : ', error="invalid_token"';
      assert.deepEqual(reply.headers, [['www-authenticate', `Bearer realm="http://h/"${error}`]]);
      assert.match(reply.details, /^jwt_authn_access_denied\{\S+\}$/);
    });
  }

  it('stripped it has neither body nor challenge, but its details', () => {
    const reply = denialReply(STATUS.jwtIsExpired, 'http://h/', true);
    assert.deepEqual(reply, {
      status: 401,
      body: '',
      headers: [],
      details: 'jwt_authn_access_denied{Jwt_is_expired}',
    });
  });
});

it('details spell ASCII’s blanks as `_`, and keep any other character', () => {
  const { details } = wrongNameReply('a b\u2028\xa0', ['\t\v\ufeff'], false);
  const want = 'Wrong_requirement_name:_a_b\u2028\xa0._It_should_be_one_of_[__\ufeff]';
  assert.equal(details, `jwt_authn_access_denied{${want}}`);
});

describe('the URI of a challenge', () => {
  const uri = (path: string, headers: [string, string][] = []) => {
    const { request } = new TestStream({ path, headers });
    return challengeUri(request, challengePath(request));
  };
  it('keeps the query', () => assert.equal(uri('/a?b=%20'), 'http://host.test/a?b=%20'));
  it('is cut at 256 characters of path', () =>
    assert.equal(uri(`/${'x'.repeat(400)}`).length, 'http://host.test'.length + 256));
  it('has the scheme of the request, not any that x-forwarded-proto holds', () =>
    assert.equal(uri('/', [['x-forwarded-proto', 'ftp']]), 'http://host.test/'));
  it('follows x-envoy-original-path', () =>
    assert.equal(uri('/', [['x-envoy-original-path', '/o']]), 'http://host.test/o'));
});
