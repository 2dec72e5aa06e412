/** The extensions that Envoy 1.40 has for a retry policy; for its `retry_options_predicates` it has none. */
const TYPES: Readonly<Record<string, readonly string[]>> = {
  retry_host_predicate: [
    'envoy.extensions.retry.host.omit_canary_hosts.v3.OmitCanaryHostsPredicate',
    'envoy.extensions.retry.host.omit_host_metadata.v3.OmitHostMetadataConfig',
    'envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate',
  ],
  retry_priority: ['envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig'],
  retry_options_predicates: [],
};

const PLACE = /\.(retry_host_predicate|retry_priority|retry_options_predicates)(\[\d+\])?\.typed_config$/;

/**
 * The field of a retry policy that an `Any` stands in, if it has no extension there by that type: Envoy builds them with the file.
 * @param path of the `Any`
 */
export function misplacedRetryExtension(typeName: string, path: string): string | undefined {
  const field = PLACE.exec(path)?.[1];
  return field === undefined || TYPES[field]?.includes(typeName) ? undefined : field;
}
