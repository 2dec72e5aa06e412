import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '..');
const article = join(root, '..', 'shared', 'seeds', 'envoy-jwt.yaml');

it("the first example means what the article's file means", {
  skip: existsSync(article) ? false : `no ${article}`,
}, () => {
  const ours = readFileSync(join(root, 'examples', '01-front-proxy', 'envoy-jwt.yaml'), 'utf8');
  assert.deepEqual(parse(ours), parse(readFileSync(article, 'utf8')));
});
