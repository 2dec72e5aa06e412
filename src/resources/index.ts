export { contentOf, packAny, typeNameOf, unpackAny } from './any.ts';
export { type EnvoyTreatment, type Finding, type FindingAbout, Findings } from './finding.ts';
export { type Position, Provenance } from './provenance.ts';
export type { Snapshot } from './snapshot.ts';
export { walkMessages } from './walk-messages.ts';
