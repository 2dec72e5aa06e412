import { create } from '@bufbuild/protobuf';
import type { CertificateValidationContext } from '#schema/envoy/extensions/transport_sockets/tls/v3/common_pb.js';
import { schemaMessage } from '../schema-registry.ts';
import { isSystemBundle } from './inline-data-source.ts';

const ROOTS = 'envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext.SystemRootCerts';

/** A system's bundle that this machine keeps elsewhere (which has been warned of) means the roots that this machine trusts. */
export function completeTrust(validation: CertificateValidationContext): void {
  const source = validation.trustedCa?.specifier;
  if (source?.case !== 'filename' || !isSystemBundle(source.value)) return;
  delete validation.trustedCa;
  validation.systemRootCerts = create(schemaMessage(ROOTS)) as NonNullable<
    CertificateValidationContext['systemRootCerts']
  >;
}
