import type { Refuse } from '../core/match/index.ts';
import type { Findings } from '../resources/index.ts';

/** Turns what matchers refuse into located findings. */
export function refuseInto(findings: Findings): Refuse {
  return (message, about, field, envoy = 'refuses') => {
    const code = envoy === 'accepts' ? 'E302' : field === 'regex' ? 'E212' : 'E122';
    findings.report({ code, severity: 'error', message, envoy, about, field });
  };
}

/** Reports a field that Envoy takes and jotgate does not do. */
export function refuseField(findings: Findings, about: object, field: string, why = ''): void {
  findings.report({
    code: 'E301',
    severity: 'error',
    message: `\`${field}\` is not supported${why}`,
    envoy: 'accepts',
    about,
    field,
  });
}

/** The proto name of a oneof's case. */
export const fieldOf = (name: string) => name.replaceAll(/[A-Z]/g, (upper) => `_${upper.toLowerCase()}`);
