import type {
  JwtAuthentication,
  JwtProvider,
} from '#schema/envoy/extensions/filters/http/jwt_authn/v3/config_pb.js';
import { type Snapshot, walkMessages } from '../../resources/index.ts';
import { hasUnreadKeys } from './key-sources.ts';

/**
 * Keys in a file of the machine that a dump comes from are not known, and nothing can be said of how they differ from the other side's:
 * such a provider is given the keys of the other side's provider of that name, or else of that issuer.
 * @returns names of the providers, to be told
 */
export function assumeUnreadKeys(before: Snapshot, after: Snapshot): string[] {
  const sides = [providersOf(before), providersOf(after)] as const;
  const names = new Set<string>();
  for (const [own, other] of [sides, sides.toReversed()] as [Named[], Named[]][]) {
    for (const { name, provider } of own.filter((one) => hasUnreadKeys(one.provider))) {
      names.add(name);
      const partner =
        other.find((one) => one.name === name) ??
        other.find((one) => one.provider.issuer === provider.issuer && provider.issuer !== '');
      if (partner !== undefined) takeKeys(provider, partner.provider);
    }
  }
  return [...names];
}

interface Named {
  name: string;
  provider: JwtProvider;
}

function providersOf({ listeners }: Snapshot): Named[] {
  const found: Named[] = [];
  walkMessages(listeners, (message) => {
    if (message.$typeName !== 'envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication') return;
    const { providers } = message as unknown as JwtAuthentication;
    found.push(...Object.entries(providers).map(([name, provider]) => ({ name, provider })));
  });
  return found;
}

/** A source of its own: what is put in place of keys on one side is not put there on the other. */
function takeKeys(provider: JwtProvider, { jwksSourceSpecifier: theirs }: JwtProvider): void {
  const own = provider.jwksSourceSpecifier;
  if (own.case === 'localJwks' && theirs.case === 'localJwks') own.value.specifier = theirs.value.specifier;
  else if (theirs.case === 'remoteJwks') provider.jwksSourceSpecifier = theirs;
}
