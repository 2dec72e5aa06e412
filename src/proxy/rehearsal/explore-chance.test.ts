import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Chance, ReplayedChance } from '../chance.ts';
import { exploreChance } from './explore-chance.ts';

describe('what chance can say of a request', () => {
  const table: { name: string; play: (chance: Chance) => string; want: [string, number][] }[] = [
    { name: 'nothing where nobody asks', play: () => 'a', want: [['a', 1]] },
    {
      name: 'a share of a route and the rest',
      play: (chance) => (chance.part([20, 100]) === 0 ? 'a' : 'b'),
      want: [
        ['b', 0.8],
        ['a', 0.2],
      ],
    },
    {
      name: 'the same number twice, so that one share lies in another',
      play: (chance) =>
        chance.part([50, 100]) === 0 ? (chance.part([50, 100]) === 0 ? 'both' : 'never') : 'neither',
      want: [
        ['both', 0.5],
        ['neither', 0.5],
      ],
    },
    {
      name: 'shares of several sizes',
      play: (chance) => `${chance.part([3, 10_000])}${chance.part([1, 2, 3])}`,
      want: [
        ['10', 9997 / 30_000],
        ['11', 9997 / 30_000],
        ['12', 9997 / 30_000],
        ['00', 1 / 10_000],
        ['01', 1 / 10_000],
        ['02', 1 / 10_000],
      ],
    },
    {
      name: 'draws that have nothing to do with each other',
      play: (chance) => (chance.draws(0.25) ? (chance.draws(0.2) ? 'both' : 'one') : 'none'),
      want: [
        ['none', 0.75],
        ['one', 0.2],
        ['both', 0.05],
      ],
    },
    {
      name: 'a draw on one of two ways',
      play: (chance) => (chance.part([90, 100]) === 0 ? 'a' : chance.draws(0.5) ? 'b' : 'c'),
      want: [
        ['a', 0.9],
        ['b', 0.05],
        ['c', 0.05],
      ],
    },
  ];
  for (const { name, play, want } of table) {
    it(name, async () => {
      const branches = await exploreChance(async (chance) => play(chance));
      const found = branches.map(({ result, share }) => [result, Number(share.toFixed(9))]);
      assert.deepEqual(
        found,
        want.map(([text, share]) => [text, Number(share.toFixed(9))]),
      );
      for (const { drawn, result } of branches) assert.equal(play(new ReplayedChance(drawn)), result);
    });
  }

  it('is one thing where the number is known and no draw is made', async () => {
    const branches = await exploreChance(async (chance) => chance.part([20, 100]), 119);
    assert.deepEqual(branches, [{ share: 1, drawn: { randomValue: 119, draws: [] }, result: 0 }]);
  });

  it('is told as a part of all where there is too much of it', async () => {
    const branches = await exploreChance(async (chance) => {
      for (let n = 0; n < 10; n++) chance.draws(0.5);
    });
    assert.equal(branches.length, 64);
    assert.equal(
      branches.reduce((sum, { share }) => sum + share, 0),
      64 / 1024,
    );
  });
});
