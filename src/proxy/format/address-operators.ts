import { clientOf } from '../http/client-address.ts';
import type { FormatSource, UpstreamFacts } from './format-source.ts';
import type { Found } from './operator.ts';

type Find = (source: FormatSource) => Found;

const withBrackets = (address: string) => (address.includes(':') ? `[${address}]` : address);
const place = (address: string, port: number) => `${withBrackets(address)}:${port}`;

const client = ({ request, connection }: FormatSource) => clientOf(request, connection);

const ofUpstream =
  (find: (upstream: UpstreamFacts) => Found): Find =>
  ({ progress }) => {
    const upstream = progress?.upstream ?? null;
    return upstream === null ? undefined : find(upstream);
  };

const localPlace = ({ connection }: FormatSource) => place(connection.localAddress, connection.localPort);
const upstreamPlace = ofUpstream(({ address, port }) => place(address, port));
const upstreamName = ({ hostName, address, port }: UpstreamFacts) =>
  hostName === '' ? place(address, port) : hostName;

/** Addresses and ports (Envoy: stream_info_formatter.cc). */
export const ADDRESS_OPERATORS: Readonly<Record<string, Find>> = {
  DOWNSTREAM_REMOTE_ADDRESS: (source) => place(client(source).address, client(source).port),
  DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT: (source) => client(source).address,
  DOWNSTREAM_REMOTE_PORT: (source) => client(source).port,
  DOWNSTREAM_DIRECT_REMOTE_ADDRESS: ({ connection }) =>
    place(connection.remoteAddress, connection.remotePort),
  DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT: ({ connection }) => connection.remoteAddress,
  DOWNSTREAM_DIRECT_REMOTE_PORT: ({ connection }) => connection.remotePort,
  DOWNSTREAM_LOCAL_ADDRESS: localPlace,
  DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT: ({ connection }) => connection.localAddress,
  DOWNSTREAM_LOCAL_PORT: ({ connection }) => connection.localPort,
  DOWNSTREAM_DIRECT_LOCAL_ADDRESS: localPlace,
  DOWNSTREAM_DIRECT_LOCAL_ADDRESS_WITHOUT_PORT: ({ connection }) => connection.localAddress,
  DOWNSTREAM_DIRECT_LOCAL_PORT: ({ connection }) => connection.localPort,
  UPSTREAM_HOST: upstreamPlace,
  UPSTREAM_HOST_NAME: ofUpstream(upstreamName),
  UPSTREAM_HOST_NAME_WITHOUT_PORT: ofUpstream((upstream) =>
    upstream.hostName === '' ? withBrackets(upstream.address) : upstream.hostName.replace(/:\d+$/, ''),
  ),
  UPSTREAM_REMOTE_ADDRESS: upstreamPlace,
  UPSTREAM_REMOTE_ADDRESS_WITHOUT_PORT: ofUpstream(({ address }) => address),
  UPSTREAM_REMOTE_PORT: ofUpstream(({ port }) => port),
  UPSTREAM_LOCAL_ADDRESS: ofUpstream(({ localAddress, localPort }) =>
    localAddress === undefined ? undefined : place(localAddress, localPort ?? 0),
  ),
  UPSTREAM_LOCAL_ADDRESS_WITHOUT_PORT: ofUpstream(({ localAddress }) => localAddress),
  UPSTREAM_LOCAL_PORT: ofUpstream(({ localPort }) => localPort),
};
