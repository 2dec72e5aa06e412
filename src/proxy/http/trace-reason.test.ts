import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ReplayedChance } from '../chance.ts';
import { HeaderList } from './header-list.ts';
import { markTraceReason, markTracing, type Sampling, tellOperation } from './trace-reason.ts';

const percent = (value: number) => ({ numerator: value * 100, size: 10_000 });
const sampling = (client: number, random: number, overall: number): Sampling => ({
  client: percent(client),
  random: percent(random),
  overall: percent(overall),
});
const id = (leading: string, reason = '4') => `${leading}-1111-${reason}222-8333-444444444444`;

/** Answers of Envoy 1.40. */
const table: { name: string; given: string; of: Sampling; asks?: boolean; drawn?: boolean; want: string }[] =
  [
    { name: 'sampled', given: id('00000000'), of: sampling(100, 100, 100), want: id('00000000', '9') },
    {
      name: 'asked for',
      given: id('ffffffff'),
      of: sampling(100, 0, 100),
      asks: true,
      want: id('ffffffff', 'b'),
    },
    {
      name: 'asked for in vain',
      given: id('00000000'),
      of: sampling(0, 0, 100),
      asks: true,
      want: id('00000000'),
    },
    {
      name: 'asked for, as chance has it',
      given: id('ffffffff'),
      of: sampling(50, 0, 100),
      asks: true,
      drawn: true,
      want: id('ffffffff', 'b'),
    },
    {
      name: 'asked for by one who is sampled only',
      given: id('0000138c'),
      of: sampling(50, 100, 100),
      asks: true,
      want: id('0000138c', '9'),
    },
    { name: 'within the share', given: id('00001387'), of: sampling(0, 50, 100), want: id('00001387', '9') },
    { name: 'beyond the share', given: id('00001388'), of: sampling(0, 50, 100), want: id('00001388') },
    {
      name: 'beyond the whole share',
      given: id('00001388'),
      of: sampling(100, 100, 50),
      want: id('00001388'),
    },
    {
      name: 'with a reason',
      given: id('00000000', 'a'),
      of: sampling(100, 100, 100),
      asks: true,
      want: id('00000000', 'a'),
    },
    {
      name: 'with a reason that is taken back',
      given: id('00000000', 'a'),
      of: sampling(100, 100, 0),
      want: id('00000000'),
    },
    {
      name: 'of another version',
      given: id('00000000', 'c'),
      of: sampling(100, 0, 0),
      want: id('00000000', 'c'),
    },
    {
      name: 'in hexadecimal with a mark',
      given: id('0x000001'),
      of: sampling(100, 100, 100),
      want: id('0x000001', '9'),
    },
    {
      name: 'that begins with no number',
      given: id('zzzzzzzz'),
      of: sampling(100, 100, 100),
      want: id('zzzzzzzz'),
    },
    {
      name: 'of another length',
      given: `${id('00000000')}x`,
      of: sampling(100, 100, 100),
      want: `${id('00000000')}x`,
    },
  ];

describe('a request id that tells of tracing', () => {
  for (const { name, given, of, asks, drawn = false, want } of table) {
    it(name, () => {
      const headers = new HeaderList();
      headers.set('x-request-id', given);
      if (asks) headers.set('x-client-trace-id', '1');
      const chance = new ReplayedChance({ randomValue: null, draws: [drawn] });
      markTraceReason({ request: { headers }, chance }, of);
      assert.equal(headers.get('x-request-id'), want);
    });
  }
});

it('the operation that a client names is nobody else’s affair where requests are traced', () => {
  const name = 'x-envoy-decorator-operation';
  const left = (takesOperation: boolean) => {
    const headers = new HeaderList();
    for (const value of ['a', 'b']) headers.append(name, value);
    const chance = new ReplayedChance({ randomValue: null, draws: [] });
    markTracing({ request: { headers }, chance, route: null }, { sampling: null, takesOperation });
    return headers.has(name);
  };
  assert.deepEqual([left(true), left(false)], [false, true]);
});

/** Answers of Envoy 1.40. */
describe('the operation of a route that is traced', () => {
  const name = 'x-envoy-decorator-operation';
  const table: {
    name: string;
    takes: boolean;
    operation?: string;
    sent?: string;
    seen?: string;
    told?: string;
  }[] = [
    { name: 'is told services on the way out', takes: false, operation: 'op', seen: 'op' },
    { name: 'in place of what a client says', takes: false, operation: 'op', sent: 'mine', seen: 'op' },
    { name: 'and where it has none, they see that', takes: false, sent: 'mine', seen: 'mine' },
    { name: 'is told clients on the way in', takes: true, operation: 'op', told: 'op' },
    { name: 'but those that name one', takes: true, operation: 'op', sent: 'mine', told: 'up' },
    { name: 'not where it has none', takes: true, told: 'up' },
  ];
  for (const { name: rule, takes, operation, sent, seen, told } of table) {
    it(rule, () => {
      const [headers, response] = [new HeaderList(), new HeaderList()];
      if (sent !== undefined) headers.append(name, sent);
      response.append(name, 'up');
      const chance = new ReplayedChance({ randomValue: null, draws: [] });
      const stream: Parameters<typeof markTracing>[0] = {
        request: { headers },
        chance,
        route: { operation },
      };
      markTracing(stream, { sampling: null, takesOperation: takes });
      tellOperation(response, stream);
      assert.deepEqual([headers.get(name), response.get(name)], [seen, told]);
    });
  }
});
