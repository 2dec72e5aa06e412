import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ManualClock, silentLogger } from '../../src/base/index.ts';
import { loadRealm, type RunningIssuer, startIssuer } from '../../src/server/issuer/index.ts';
import { conformanceFolder } from './conformance-data.ts';
import { readCases } from './keycloak-case.ts';
import { knownFailures } from './keycloak-known-failures.ts';
import { KeycloakPlayer } from './keycloak-player.ts';

const FILES = [
  'realm-discovery-keys',
  'realm-discovery-keys-2',
  'token-password',
  'token-password-2',
  'token-refresh',
  'token-rotation',
  'token-client-credentials',
  'token-client-credentials-2',
  'token-common-errors',
  'token-common-errors-2',
  'cors',
  'cors-2',
];

const REALMS = ['funnel-realm', 'funnel-rotate-realm', 'funnel-locked-realm', 'funnel-off-realm'];

const folder = conformanceFolder('keycloak');

/** The realm `funnel` as it was imported, and as Keycloak itself exported it afterwards. */
const SOURCES = [
  { name: 'the import files', realms: REALMS },
  { name: "Keycloak's own export", realms: ['funnel-export', ...REALMS.slice(1)] },
];

for (const source of folder === null ? [] : SOURCES) {
  describe(`answers as Keycloak 26.7 gave them, on ${source.name}`, () => {
    const clock = new ManualClock(Date.now());
    let running: RunningIssuer;

    before(async () => {
      const loaded = await Promise.all(
        source.realms.map((name) =>
          loadRealm({ name, text: readFileSync(join(folder as string, 'realm', `${name}.json`), 'utf8') }),
        ),
      );
      const realms = loaded.flatMap(({ realm }) => realm ?? []);
      running = await startIssuer({ realms, profile: 'modern', clock, logger: silentLogger });
    });
    after(() => running.close());

    for (const file of FILES) {
      it(`${file}: every case, or a known failure that still fails`, async (t) => {
        const player = new KeycloakPlayer({ base: running.url, prefix: '' }, clock);
        for (const recorded of readCases(folder as string, file)) {
          const found = await player.play(recorded);
          await t.test(recorded.name, () => {
            const reason = knownFailures[file]?.[recorded.name];
            if (reason === undefined) assert.deepEqual(found, []);
            else assert.notDeepEqual(found, [], `passes now: take it off the list (${reason})`);
          });
        }
      });
    }
  });
}
