import type { CertifiedKey } from '../../src/platform/index.ts';
import { addressOf, bootstrapOf, extension, managerOf, serverTls } from '../fixtures/envoy-config.ts';
import { loadText } from '../fixtures/loaded-gate.ts';

export interface ChainOptions {
  /** Empty: whatever name the client asks for. */
  serverNames?: string;
  body: string;
  /** Absent: plain text. */
  key?: CertifiedKey;
  clientRoots?: string;
  /** The one name that is let in, of a client that need not show a certificate. */
  principal?: string;
  /** In CEL, of whoever is let in. */
  condition?: object;
  /** For a client that shows no certificate. */
  unprovenBody?: string;
}

/** A filter chain that answers every request with `body`. */
export function renderChain(options: ChainOptions): object {
  const { serverNames = '', body, key, clientRoots, principal, condition, unprovenBody } = options;
  const isLax = principal !== undefined || condition !== undefined || unprovenBody !== undefined;
  const answer = (text: string, match: object = {}) => ({
    match: { prefix: '/', ...match },
    direct_response: { status: 200, body: { inline_string: text } },
  });
  return {
    ...(serverNames === '' ? {} : { filter_chain_match: { server_names: [serverNames] } }),
    ...(key === undefined
      ? {}
      : {
          transport_socket: serverTls(key, { clientRoots, requires: clientRoots !== undefined && !isLax }),
        }),
    filters: [
      managerOf({
        routes: [
          ...(unprovenBody === undefined
            ? []
            : [answer(unprovenBody, { tls_context: { presented: false } })]),
          answer(body),
        ],
        filters:
          principal === undefined && condition === undefined ? [] : [renderAccess(principal, condition)],
      }),
    ],
  };
}

function renderAccess(principal: string | undefined, condition: object | undefined): object {
  const named = { authenticated: { principal_name: { exact: principal } } };
  const principals = [principal === undefined ? { any: true } : named];
  return extension('filters.http.rbac.v3.RBAC', {
    rules: { action: 'ALLOW', policies: { p: { permissions: [{ any: true }], principals, condition } } },
  });
}

/** By which chains are chosen for the server that a client names. */
export const TLS_INSPECTOR = extension('filters.listener.tls_inspector.v3.TlsInspector');

/** A configuration of one listener with these chains. */
export function loadChains(chains: object[]) {
  const text = bootstrapOf([
    { name: 'tls', address: addressOf(), listener_filters: [TLS_INSPECTOR], filter_chains: chains },
  ]);
  return loadText(text);
}
