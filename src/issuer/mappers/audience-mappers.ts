import type { MapperConfig } from './compile-mapper.ts';
import type { ApplyMapper } from './protocol-mapper.ts';

/** A fixed audience: another client, or any text. */
export function mapAudience(config: MapperConfig): ApplyMapper {
  const audience = config['included.client.audience'] || config['included.custom.audience'];
  return (claims) => {
    if (audience) claims.addAudience(audience);
  };
}

/** Every client that the user has a role of, but never the client that asks. */
export function mapAudienceResolve(): ApplyMapper {
  return (claims, { roles, client }) => {
    for (const [name, held] of roles.clients) {
      if (held.size > 0 && name !== client.clientId) claims.addAudience(name);
    }
  };
}
