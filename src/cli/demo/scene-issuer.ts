import { type Clock, silentLogger } from '../../base/index.ts';
import {
  type CertifiedKey,
  createDevelopmentAuthority,
  type DevelopmentAuthority,
} from '../../platform/index.ts';
import { loadRealm, type RunningIssuer, startIssuer } from '../../server/index.ts';
import { EXIT } from '../exit-code.ts';
import { UserError } from '../io.ts';
import type { SceneIssuer } from './scene.ts';
import type { StageActions, StageDoor } from './stage-door.ts';

export interface SceneIssuerOptions {
  /** `https://auth.funnel-labs.io/auth`: the name that the configurations know the issuer by. */
  baseUrl: string;
  realm: { name: string; text: string };
  /** Default: any free one. */
  port?: number;
  clock: Clock;
  stageDoor: StageDoor;
  /** For an issuer behind TLS: who vouches for it, and the file with that authority's certificate. */
  tls?: { authority: DevelopmentAuthority; authorityFile: string };
}

export interface StartedIssuer {
  port: number;
  scene: SceneIssuer;
  close(): Promise<void>;
}

/** An issuer on a free loopback port that answers to the name of its base URL. */
export async function startSceneIssuer(options: SceneIssuerOptions): Promise<StartedIssuer> {
  const { baseUrl, clock, tls } = options;
  const { hostname } = new URL(baseUrl);
  const { realm, findings } = await loadRealm(options.realm);
  if (realm === null) {
    throw new UserError(`\`${options.realm.name}\`: ${findings[0]?.message}`, EXIT.configInvalid);
  }
  const own = await tls?.authority.issue({ names: [hostname] });
  const running = await startIssuer({
    realms: [realm],
    baseUrl,
    listen: { address: '127.0.0.1', port: options.port ?? 0 },
    clock,
    logger: silentLogger,
    ...(own !== undefined ? { tls: tlsOf(own) } : {}),
  });
  const name = running.issuer.issuerUrl(realm.name);
  const scene: SceneIssuer = {
    url: name,
    byHand: byHand(options.stageDoor),
    curl: curlTo(new URL(baseUrl), running.port, tls?.authorityFile),
    ...keyOperations(running, realm.name),
    ...certificateOperations(running, hostname, own),
  };
  return { port: running.port, scene, close: () => running.close() };
}

/** What the stage door does to the article's issuer. */
export function issuerActions(issuer: () => Promise<SceneIssuer>): StageActions {
  return {
    '/issuer/next-key/publish': async () => (await issuer()).publishNextKey(),
    '/issuer/next-key/sign': async () => (await issuer()).signWithNextKey(),
    '/issuer/certificate/stranger': async () => (await issuer()).useStrangersCertificate(),
    '/issuer/certificate/own': async () => (await issuer()).useOwnCertificate(),
  };
}

const byHand = ({ curl }: StageDoor): SceneIssuer['byHand'] => ({
  publishNextKey: curl('/issuer/next-key/publish'),
  signWithNextKey: curl('/issuer/next-key/sign'),
  stranger: curl('/issuer/certificate/stranger'),
  own: curl('/issuer/certificate/own'),
});

function keyOperations({ issuer }: RunningIssuer, realm: string) {
  let nextKid = '';
  return {
    async publishNextKey() {
      nextKid = (await issuer.addKey(realm)).kid;
    },
    signWithNextKey: () => issuer.activateKey(realm, nextKid),
  };
}

function certificateOperations(running: RunningIssuer, hostname: string, own: CertifiedKey | undefined) {
  return {
    async useStrangersCertificate() {
      const stranger = await createDevelopmentAuthority('a stranger');
      running.replaceTls(tlsOf(await stranger.issue({ names: [hostname] })));
    },
    async useOwnCertificate() {
      if (own !== undefined) running.replaceTls(tlsOf(own));
    },
  };
}

function curlTo(url: URL, port: number, authorityFile: string | undefined): string {
  const from = `${url.hostname}:${url.port || (url.protocol === 'https:' ? 443 : 80)}`;
  const trust = authorityFile === undefined ? '' : ` --cacert '${authorityFile}'`;
  return `curl -s${trust} --connect-to ${from}:127.0.0.1:${port}`;
}

const tlsOf = ({ certificate, privateKey }: CertifiedKey) => ({ cert: certificate, key: privateKey });
