import type { Clock } from '../../base/index.ts';
import { silentLogger } from '../../base/index.ts';
import {
  type CertifiedKey,
  createDevelopmentAuthority,
  type DevelopmentAuthority,
} from '../../platform/index.ts';
import { loadRealm, type RunningIssuer, startIssuer } from '../../server/index.ts';
import { UserError } from '../io.ts';
import type { SceneIssuer } from './scene.ts';

const REALM = 'funnel';

/** The name that the article's configuration expects the issuer under. */
export const ISSUER_HOST = 'auth.funnel-labs.io';

export interface StartedIssuer {
  running: RunningIssuer;
  scene: SceneIssuer;
}

export interface SceneIssuerOptions {
  authority: DevelopmentAuthority;
  /** File that holds the authority's certificate, for the curl lines. */
  authorityFile: string;
  /** Text of the realm file. */
  realm: { name: string; text: string };
  clock: Clock;
}

/** The article's issuer, on loopback, under its own name by its own certificate. */
export async function startSceneIssuer(options: SceneIssuerOptions): Promise<StartedIssuer> {
  const own = await options.authority.issue({ names: [ISSUER_HOST] });
  const { realm, findings } = await loadRealm(options.realm);
  if (realm === null)
    throw new UserError(`\`${options.realm.name}\`: ${findings[0]?.message ?? 'no realm'}`, 3);
  const running = await startIssuer({
    realms: [realm],
    baseUrl: `https://${ISSUER_HOST}/auth`,
    tls: tlsOf(own),
    clock: options.clock,
    logger: silentLogger,
  });
  return { running, scene: sceneIssuer(running, own, options.authorityFile) };
}

function sceneIssuer(running: RunningIssuer, own: CertifiedKey, authorityFile: string): SceneIssuer {
  const { issuer } = running;
  let nextKid = '';
  return {
    url: issuer.issuerUrl(REALM),
    curl: `curl -s --cacert ${authorityFile} --connect-to ${ISSUER_HOST}:443:127.0.0.1:${running.port}`,
    async publishNextKey() {
      nextKid = (await issuer.addKey(REALM)).kid;
    },
    signWithNextKey: () => issuer.activateKey(REALM, nextKid),
    async useStrangersCertificate() {
      const stranger = await createDevelopmentAuthority('a stranger');
      running.replaceTls(tlsOf(await stranger.issue({ names: [ISSUER_HOST] })));
    },
    async useOwnCertificate() {
      running.replaceTls(tlsOf(own));
    },
  };
}

const tlsOf = ({ certificate, privateKey }: CertifiedKey) => ({ cert: certificate, key: privateKey });
