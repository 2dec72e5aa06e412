export type { AddressFamily, Cluster } from './cluster.ts';
export { type ClusterContext, compileCluster } from './compile-cluster.ts';
export { type ConnectTo, fitsConnectTo, parseConnectTo } from './connect-to.ts';
export {
  type CallRequest,
  callThrough,
  type FetchOutcome,
  type FetchRequest,
  fetchThrough,
} from './fetch-text.ts';
export { callGrpcThrough } from './grpc/call-grpc.ts';
export type { GrpcOutcome, GrpcRequest } from './grpc/grpc-request.ts';
