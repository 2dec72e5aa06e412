import type { Any } from '@bufbuild/protobuf/wkt';
import type { Findings } from '../../resources/index.ts';

/** Refuses what a level of the route configuration says and is not done here. */
export function refuseOtherRouteFields(
  level: { typedPerFilterConfig: { [filter: string]: Any } },
  findings: Findings,
): void {
  for (const filter of Object.keys(level.typedPerFilterConfig)) {
    findings.report({
      code: 'E301',
      severity: 'error',
      message: `\`typed_per_filter_config\` for \`${filter}\` is not supported`,
      envoy: 'accepts',
      about: level,
      field: `typed_per_filter_config[${filter}]`,
    });
  }
}
