import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { runCli } from '../../../test/fixtures/collecting-io.ts';
import { rawToken, testJwk } from '../../../test/fixtures/raw-token.ts';
import {
  articleJwks,
  articleRefreshToken,
  articleToken,
  exampleSecret,
  exampleToken,
  meshToken,
} from '../../../test/fixtures/seed-tokens.ts';
import { temporaryFolder } from '../../../test/fixtures/temporary-folder.ts';

const { path: folder, fileOf } = temporaryFolder();

const jwksFile = fileOf('jwks.json', JSON.stringify(articleJwks));
const issuer = 'https://auth.funnel-labs.io/auth/realms/funnel';
const whileValid = ['--at', '2022-10-20T09:10:00Z'];

describe('token inspect', () => {
  it('shows header, payload and times, and says that nothing is secret or checked', async () => {
    const { exitCode, out } = await runCli([
      'token',
      'inspect',
      articleToken,
      '--at',
      '2022-10-20T09:12:00Z',
    ]);
    assert.equal(exitCode, 0);
    for (const line of [
      '"alg": "RS256"',
      '"username": "demo"',
      'payload: encoded, not encrypted; whoever holds the token can read it',
      'iat  2022-10-20T09:07:30Z  4 minutes ago',
      'exp  2022-10-20T09:12:30Z  in 30 seconds',
      'signature: 256 bytes, RS256; not checked here',
    ]) {
      assert.ok(out.includes(line), line);
    }
    assert.doesNotMatch(out, /expired/);
  });

  it('never prints the token', async () => {
    for (const args of [[], ['--json']]) {
      const { out, err } = await runCli(['token', 'inspect', articleToken, ...args]);
      for (const part of articleToken.split('.')) assert.ok(!(out + err).includes(part));
    }
  });

  it('reads a file and the standard input, with or without Bearer', async () => {
    const file = fileOf('token', `${exampleToken}\n`);
    const wanted = (await runCli(['token', 'inspect', exampleToken])).out;
    assert.match(wanted, /"John Doe"/);
    assert.equal((await runCli(['token', 'inspect', `@${file}`])).out, wanted);
    assert.equal((await runCli(['token', 'inspect', '-'], `Bearer ${exampleToken}\n`)).out, wanted);
  });

  const remarks: { name: string; given: string; want: RegExp }[] = [
    {
      name: 'the mesh token has no aud, whatever its text calls audience',
      given: meshToken,
      want: /remark: .*`audience` .*not the registered `aud`/,
    },
    {
      name: 'audience is not aud',
      given: rawToken(
        { alg: 'RS512' },
        { iss: 'weather@cloudnative-istio', audience: 'weather@cloudnative-istio' },
      ),
      want: /remark: the claim `audience` is not the registered `aud`/,
    },
    { name: 'expired', given: articleToken, want: /remark: it is expired: `exp` was \d+ years ago/ },
    { name: 'never expires', given: exampleToken, want: /remark: it has no `exp`: it never expires/ },
    {
      name: 'not valid yet',
      given: rawToken({ alg: 'RS256' }, { nbf: 99_999_999_999 }),
      want: /remark: it is not valid yet: `nbf` is in/,
    },
    { name: 'symmetric', given: articleRefreshToken, want: /remark: HS256 is symmetric/ },
    {
      name: 'a key in the header',
      given: rawToken({ alg: 'RS256', jku: 'https://x' }, {}),
      want: /remark: the header's `jku` is ignored/,
    },
    {
      name: 'a spelling that is refused',
      given: rawToken({ alg: 'RS256', crit: ['x'] }, {}),
      want: /remark: the header has `crit`.*: jotgate refuses it/,
    },
  ];
  for (const { name, given, want } of remarks) {
    it(`remarks: ${name}`, async () => assert.match((await runCli(['token', 'inspect', given])).out, want));
  }

  it('has no remark for a plain token', async () => {
    const token = rawToken({ alg: 'RS256' }, { aud: 'a', exp: 4_000_000_000 });
    assert.doesNotMatch((await runCli(['token', 'inspect', token])).out, /remark/);
  });

  it('--json is one object', async () => {
    const { out } = await runCli(['token', 'inspect', meshToken, '--json']);
    const shown = JSON.parse(out);
    assert.equal(shown.payload.iss, 'weather@cloudnative-istio.book');
    assert.deepEqual(shown.times.exp, { seconds: 4_685_989_700, time: '2118-06-29T23:48:20Z' });
    assert.deepEqual(shown.signature, { alg: 'HS256', bytes: 32, checked: false });
    assert.equal(shown.remarks.length, 2);
  });

  it('says what is wrong with a text that is no token, exit 5', async () => {
    const plain = await runCli(['token', 'inspect', 'a.b']);
    assert.equal(plain.exitCode, 5);
    assert.match(plain.out, /^not a token: Jwt is not in the form/);
    const json = await runCli(['token', 'inspect', '--json', 'a.b']);
    assert.equal(JSON.parse(json.out).error.status, 4);
  });
});

describe('token verify', () => {
  it("the article's token is expired, and its signature is good", async () => {
    const { exitCode, out } = await runCli([
      'token',
      'verify',
      articleToken,
      '--jwks',
      jwksFile,
      '--issuer',
      issuer,
    ]);
    assert.equal(exitCode, 5);
    assert.match(out, /^time +Jwt is expired \(exp 2022-10-20T09:12:30Z, \d+ years ago\)$/m);
    assert.match(out, /^signature +good \(RS256, key `Qio6t1gXjlfQBCwX8zjtz0lhFEwW2Iuzs13asQzQsVY`\)$/m);
    assert.match(out, /^not valid: Jwt is expired$/m);
  });

  it('at the time of the article it is valid', async () => {
    const { exitCode, out } = await runCli([
      'token',
      'verify',
      articleToken,
      '--jwks',
      jwksFile,
      ...whileValid,
    ]);
    assert.equal(exitCode, 0);
    assert.match(out, /^valid$/m);
  });

  it('the skew is 60 seconds unless told', async () => {
    const at = ['token', 'verify', articleToken, '--jwks', jwksFile, '--at', '1666257211'];
    assert.equal((await runCli(at)).exitCode, 5);
    assert.equal((await runCli([...at, '--skew', '2m'])).exitCode, 0);
  });

  it('the example verifies with its secret, and with no other', async () => {
    assert.equal((await runCli(['token', 'verify', exampleToken, '--secret', exampleSecret])).exitCode, 0);
    const other = await runCli(['token', 'verify', exampleToken, '--secret', `${exampleSecret}x`]);
    assert.match(other.out, /^not valid: Jwt verification fails$/m);
  });

  it('a secret that is too short is refused, and why', async () => {
    const { exitCode, out, err } = await runCli(['token', 'verify', exampleToken, '--secret', 'secret']);
    assert.equal(exitCode, 5);
    assert.match(out + err, /6 bytes is too short, 32 are needed/);
    assert.doesNotMatch(out + err, /secret`/);
  });

  const failures: { name: string; args: string[]; want: string }[] = [
    { name: 'a letter at the end', args: [`${articleToken}b`], want: 'Jwt verification fails' },
    { name: 'a letter in front', args: [`a${articleToken}`], want: 'Jwt header is an invalid JSON' },
    { name: 'another issuer', args: [articleToken, '--issuer', 'x'], want: 'Jwt issuer is not configured' },
    {
      name: 'an audience',
      args: [articleToken, '--audience', 'a', '--audience', 'b'],
      want: 'Audiences in Jwt are not allowed',
    },
    {
      name: 'another key',
      args: [articleRefreshToken],
      want: "Jwks doesn't have key to match kid or alg from Jwt",
    },
  ];
  for (const { name, args, want } of failures) {
    it(`${name}: ${want}`, async () => {
      const run = await runCli(['token', 'verify', '--json', '--jwks', jwksFile, ...whileValid, ...args]);
      assert.equal(run.exitCode, 5);
      const verdict = JSON.parse(run.out);
      assert.deepEqual([verdict.valid, verdict.text], [false, want]);
    });
  }

  it('an audience of the token is enough', async () => {
    const token = rawToken({ alg: 'RS256' }, { aud: ['https://b/', 'c'] });
    const file = fileOf('one.json', JSON.stringify(testJwk('RS256')));
    const { exitCode } = await runCli(['token', 'verify', '--jwks', file, '--audience', 'b', token]);
    assert.equal(exitCode, 0);
  });

  it('wrong use is told in one sentence', async () => {
    const uses: [args: string[], exitCode: number, err: RegExp][] = [
      [[exampleToken], 2, /either --jwks FILE or --secret TEXT/],
      [[exampleToken, '--secret', 'a', '--jwks', jwksFile], 2, /either --jwks/],
      [
        [exampleToken, '--jwks', join(folder, 'none')],
        2,
        /cannot read the file `.*none`: there is no such file/,
      ],
      [[exampleToken, '--jwks', fileOf('bad.json', '[]')], 3, /bad.json`: Jwks is an invalid JSON/],
      [[exampleToken, '--secret', exampleSecret, '--at', 'noon'], 2, /--at `noon` is no time/],
      [
        [exampleToken, '--secret', exampleSecret, '--skew', '1 minute'],
        2,
        /--skew `1 minute` is no duration/,
      ],
      [[], 2, /missing required argument/],
    ];
    for (const [args, exitCode, err] of uses) {
      const run = await runCli(['token', 'verify', ...args]);
      assert.equal(run.exitCode, exitCode);
      assert.match(run.err, err);
    }
  });

  it('keys that cannot be read verify nothing', async () => {
    const file = fileOf('weak.json', JSON.stringify({ keys: [{ kty: 'oct', k: '' }] }));
    const run = await runCli(['token', 'verify', exampleToken, '--jwks', file]);
    assert.equal(run.exitCode, 5);
    assert.match(run.out, /^not valid: Jwks Oct key is an invalid Base64$/m);
    assert.match(run.err, /weak.json: Jwks Oct key/);
  });
});

describe('token mint', () => {
  const claims = '{"sub":"1234567890","name":"John Doe","iat":1516239022}';
  it('signs no HMAC with a private key', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const file = fileOf('rsa.pem', privateKey.export({ format: 'pem', type: 'pkcs8' }).toString());
    const run = await runCli(['token', 'mint', '--claims', '{}', '--key', file, '--alg', 'HS256']);
    assert.equal(run.exitCode, 2);
    assert.match(run.err, /rsa\.pem` is no private JWK and no PEM key for HS256/);
  });

  it("makes the article's example", async () => {
    const run = await runCli(['token', 'mint', '--claims', claims, '--secret', exampleSecret]);
    assert.deepEqual(run, { exitCode: 0, out: `${exampleToken}\n`, err: '' });
  });

  const pemOf = (type: 'rsa' | 'ec' | 'ed25519', options: object): string =>
    generateKeyPairSync(type as 'ec', options as { namedCurve: string })
      .privateKey.export({ format: 'pem', type: 'pkcs8' })
      .toString();
  const rsaPair = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const rsaJwk = { ...rsaPair.privateKey.export({ format: 'jwk' }), kid: 'k1' };
  const keys: { name: string; file: string; args: string[]; header: object }[] = [
    {
      name: 'an RSA JWK',
      file: fileOf('rsa.jwk', JSON.stringify(rsaJwk)),
      args: [],
      header: { alg: 'RS256', typ: 'JWT', kid: 'k1' },
    },
    {
      name: 'an RSA JWK for PS512',
      file: fileOf('rsa.jwk', JSON.stringify(rsaJwk)),
      args: ['--alg', 'PS512', '--kid', 'k2'],
      header: { alg: 'PS512', typ: 'JWT', kid: 'k2' },
    },
    {
      name: 'a JWK that names its alg',
      file: fileOf('named.jwk', JSON.stringify({ ...rsaJwk, alg: 'RS384' })),
      args: [],
      header: { alg: 'RS384', typ: 'JWT', kid: 'k1' },
    },
    {
      name: 'an EC PEM',
      file: fileOf('ec.pem', pemOf('ec', { namedCurve: 'P-384' })),
      args: [],
      header: { alg: 'ES384', typ: 'JWT' },
    },
    {
      name: 'an Ed25519 PEM',
      file: fileOf('ed.pem', pemOf('ed25519', {})),
      args: [],
      header: { alg: 'EdDSA', typ: 'JWT' },
    },
    {
      name: 'a secret JWK',
      file: fileOf('oct.jwk', JSON.stringify(testJwk('HS512'))),
      args: [],
      header: { alg: 'HS256', typ: 'JWT' },
    },
  ];
  for (const { name, file, args, header } of keys) {
    it(`signs with ${name}`, async () => {
      const run = await runCli([
        'token',
        'mint',
        '--json',
        '--claims',
        '{"sub":"s"}',
        '--key',
        file,
        ...args,
      ]);
      assert.equal(run.exitCode, 0, run.err);
      const { token } = JSON.parse(run.out) as { token: string };
      const [head = ''] = token.split('.');
      assert.deepEqual(JSON.parse(Buffer.from(head, 'base64url').toString()), header);
    });
  }

  it('what it signs with the private half, the public half verifies', async () => {
    const file = fileOf('claims.json', '{"sub":"s","aud":"a"}');
    const minted = await runCli([
      'token',
      'mint',
      '--claims',
      file,
      '--key',
      fileOf('rsa.jwk', JSON.stringify(rsaJwk)),
      '--expires',
      '5m',
    ]);
    const publicFile = fileOf(
      'rsa.pub',
      JSON.stringify({ ...rsaPair.publicKey.export({ format: 'jwk' }), kid: 'k1' }),
    );
    const verified = await runCli(
      ['token', 'verify', '-', '--jwks', publicFile, '--audience', 'a'],
      minted.out,
    );
    assert.equal(verified.exitCode, 0, verified.out);
  });

  it('--expires below zero makes an expired token', async () => {
    const minted = await runCli([
      'token',
      'mint',
      '--claims',
      '{}',
      '--secret',
      exampleSecret,
      '--expires',
      '-1h',
    ]);
    const verified = await runCli(['token', 'verify', minted.out, '--secret', exampleSecret]);
    assert.match(verified.out, /^not valid: Jwt is expired$/m);
  });

  it('warns of a short secret and signs all the same', async () => {
    const run = await runCli(['token', 'mint', '--claims', '{}', '--secret', 'short']);
    assert.equal(run.exitCode, 0);
    assert.match(run.err, /the secret has 5 bytes, HS256 wants 32: a gate refuses such a key/);
  });

  it('wrong use is told in one sentence', async () => {
    const secret = ['--secret', exampleSecret];
    const uses: [args: string[], err: RegExp][] = [
      [['--claims', '{}'], /either --key FILE or --secret TEXT/],
      [['--claims', '{', ...secret], /--claims text is no JSON object/],
      [['--claims', fileOf('list.json', '[]'), ...secret], /--claims `.*list.json` is no JSON object/],
      [['--claims', '{}', ...secret, '--alg', 'none'], /`none` is not one of HS256/],
      [['--claims', '{}', ...secret, '--alg', 'RS256'], /the key is no private key for RS256/],
      [['--claims', '{}', ...secret, '--expires', 'soon'], /--expires `soon` is no duration/],
      [['--claims', '{}', '--key', fileOf('text', 'x')], /is no private JWK and no PEM key/],
      [['--claims', '{}', '--key', fileOf('odd.jwk', '{"kty":"X"}')], /a kind that signs no tokens/],
      [
        ['--claims', '{}', '--key', fileOf('public.jwk', JSON.stringify(testJwk('RS256')))],
        /no private key for RS256/,
      ],
    ];
    for (const [args, err] of uses) {
      const run = await runCli(['token', 'mint', ...args]);
      assert.equal(run.exitCode, 2, run.err);
      assert.match(run.err, err);
    }
  });
});
