import type { DataSource } from '#schema/envoy/config/core/v3/base_pb.js';
import type { DecodeContext, Place } from '../decode/decode-context.ts';

/** The world that a configuration may name: files and environment variables. */
export interface Surroundings {
  /** Throws when the file cannot be read. Relative paths start at the working folder, as in Envoy. */
  readFile(path: string): Uint8Array;
  env: Readonly<Record<string, string | undefined>>;
}

/** Where systems keep the certificate authorities that they trust. */
const SYSTEM_BUNDLES = new Set([
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
  '/usr/local/etc/openssl/cert.pem',
]);

export function isSystemBundle(path: string): boolean {
  return SYSTEM_BUNDLES.has(path);
}

/** Puts the content of a file or an environment variable in the place of its name; the message keeps its origin. */
export function inlineDataSource(
  source: DataSource,
  place: Place,
  context: DecodeContext,
  surroundings: Surroundings,
): void {
  const { specifier } = source;
  if (specifier.case === 'filename') inlineFile(specifier.value, source, place, context, surroundings);
  if (specifier.case === 'environmentVariable')
    inlineVariable(specifier.value, source, place, context, surroundings);
}

function inlineFile(
  path: string,
  source: DataSource,
  place: Place,
  context: DecodeContext,
  surroundings: Surroundings,
): void {
  if (path === '') return;
  try {
    source.specifier = { case: 'inlineBytes', value: new Uint8Array(surroundings.readFile(path)) };
  } catch (error) {
    const systemRoots = isSystemBundle(path);
    const reason = (error as NodeJS.ErrnoException).code ?? (error as Error).message;
    context.report({
      code: systemRoots ? 'noSystemBundle' : 'missingFile',
      severity: systemRoots ? 'warning' : 'error',
      message: `invalid path: \`${path}\` cannot be read (${reason})`,
      hint: systemRoots
        ? 'the roots that this machine trusts are used'
        : 'relative paths start at the working folder',
      at: context.provenance.find(source, 'filename') ?? place.at,
      path: `${place.path}.filename`,
    });
  }
}

function inlineVariable(
  name: string,
  source: DataSource,
  place: Place,
  context: DecodeContext,
  surroundings: Surroundings,
): void {
  const value = Object.hasOwn(surroundings.env, name) ? surroundings.env[name] : undefined;
  if (value !== undefined) {
    source.specifier = { case: 'inlineString', value };
    return;
  }
  if (name === '') return;
  context.report({
    code: 'missingEnvironmentVariable',
    message: `environment variable doesn't exist: \`${name}\``,
    at: context.provenance.find(source, 'environment_variable') ?? place.at,
    path: `${place.path}.environment_variable`,
  });
}
