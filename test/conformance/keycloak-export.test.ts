import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ManualClock, silentLogger } from '../../src/base/index.ts';
import { loadRealm, startIssuer } from '../../src/server/issuer/index.ts';
import { conformanceFolder } from './conformance-data.ts';

const folder = conformanceFolder('keycloak');
if (folder !== null) replay(folder);

interface Provider {
  providerId: string;
  config: Record<string, string[]>;
}

const parse = (segment: string | undefined) =>
  JSON.parse(Buffer.from(segment ?? '', 'base64url').toString()) as Record<string, string>;

function replay(data: string): void {
  describe('a realm that Keycloak exported keeps its keys:', () => {
    it('what it signed stays good, under the same certificates and key ids', async (t) => {
      const text = readFileSync(join(data, 'realm', 'funnel-export.json'), 'utf8');
      const { realm, findings } = await loadRealm({ name: 'funnel-export.json', text });
      assert.deepEqual(findings, []);
      const { components } = JSON.parse(text) as { components: Record<string, Provider[]> };
      const providers = components['org.keycloak.keys.KeyProvider'] ?? [];
      const running = await startIssuer({
        realms: realm === null ? [] : [realm],
        clock: new ManualClock(Date.now()),
        logger: silentLogger,
        profile: 'modern',
      });
      t.after(() => running.close());

      const response = await fetch(`${running.url}/realms/funnel/protocol/openid-connect/certs`);
      const { keys } = (await response.json()) as { keys: { x5c: string[] }[] };
      const wanted = providers.flatMap(({ config }) => config['certificate'] ?? []);
      assert.deepEqual(keys.flatMap((key) => key.x5c).toSorted(), wanted.toSorted());

      const hmac = providers.find(({ providerId }) => providerId === 'hmac-generated');
      const login = await fetch(`${running.url}/realms/funnel/protocol/openid-connect/token`, {
        method: 'POST',
        body: new URLSearchParams({
          client_id: 'service',
          grant_type: 'password',
          username: 'demo',
          password: 'abcd1234',
        }),
      });
      const { refresh_token: refresh } = (await login.json()) as Record<string, string>;
      assert.equal(parse(refresh?.split('.')[0])['kid'], hmac?.config['kid']?.[0]);
    });
  });
}
