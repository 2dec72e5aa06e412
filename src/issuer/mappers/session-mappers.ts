import { parseClaimPath, parseClaimValue } from './claim-value.ts';
import type { MapperConfig } from './compile-mapper.ts';
import type { ApplyMapper } from './protocol-mapper.ts';

export const mapSub =
  (): ApplyMapper =>
  (claims, { user }) =>
    claims.set('sub', user.id);

export const mapAcr =
  (): ApplyMapper =>
  (claims, { acr }) =>
    claims.set('acr', acr);

export const mapSessionState =
  (): ApplyMapper =>
  (claims, { sid }) =>
    claims.set('session_state', sid);

export function mapAllowedOrigins(): ApplyMapper {
  return (claims, { client }) => {
    if (client.webOrigins.length > 0) claims.set('allowed-origins', client.webOrigins);
  };
}

export function mapHardcoded(config: MapperConfig): ApplyMapper {
  const path = parseClaimPath(config['claim.name'] ?? '');
  const value = parseClaimValue(config['claim.value'] ?? '', config['jsonType.label']);
  return (claims) => {
    if (value !== undefined) claims.mapAt(path, value);
  };
}

/** Something that the session noted down when it began. */
export function mapSessionNote(config: MapperConfig): ApplyMapper {
  const path = parseClaimPath(config['claim.name'] ?? '');
  const note = config['user.session.note'] ?? '';
  return (claims, { notes }) => {
    const text = Object.hasOwn(notes, note) ? notes[note] : undefined;
    const value = text === undefined ? undefined : parseClaimValue(text, config['jsonType.label']);
    if (value !== undefined) claims.mapAt(path, value);
  };
}
