/** Recorded cases that are not answered as Keycloak does yet, each with the reason. The list may only become shorter. */
export const knownFailures: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'realm-discovery-keys': {
    'discovery document':
      'says what is served; authorization, userinfo, introspection and logout are not yet',
    'discovery document of a realm with other settings': 'as above',
  },
  'realm-discovery-keys-2': {
    'UMA discovery': 'UMA is not served',
    'disabled realm: authorization': 'there are no pages yet',
    'PATCH on the authorization endpoint': 'there is no authorization endpoint yet',
    'discovery asked for with Accept: text/html': 'there are no pages yet',
  },
  cors: {
    'discovery with Origin': 'says what is served',
    'userinfo, token of a client with webOrigins *': 'there is no userinfo endpoint yet',
    'preflight of userinfo': 'there is no userinfo endpoint yet',
    'logout by refresh token, allowed origin': 'there is no logout endpoint yet',
  },
  'cors-2': {
    'preflight of introspect': 'there is no introspection endpoint yet',
    'preflight of logout': 'there is no logout endpoint yet',
    'userinfo error with Origin': 'there is no userinfo endpoint yet',
    'userinfo, origin not in allowed-origins': 'there is no userinfo endpoint yet',
    'introspect, allowed origin': 'there is no introspection endpoint yet',
  },
  'token-refresh': {
    'logout by refresh token': 'there is no logout endpoint yet',
    'refresh after logout': 'there is no logout endpoint yet',
  },
  'token-rotation': {
    'userinfo with the access token after the reuse': 'there is no userinfo endpoint yet',
  },
};
