import type { DescMessage } from '@bufbuild/protobuf';
import { schemaMessage } from '../../src/control/config/schema-registry.ts';
import { type FieldState, fieldState } from '../../src/control/config/support/judge-support.ts';
import { NEWER_FIELDS } from '../../src/control/config/support/newer-fields.ts';
import { type MessageSupport, SUPPORT } from '../../src/control/config/support/support-table.ts';

const HEAD = `# What of Envoy's configuration jotgate does

Every field is in one of four states: **done**; **no effect**: accepted with warning W301, because nothing comes of it here and nobody's
access changes; **upkeep**: accepted in silence, because it is about the process and its statistics alone (names, intervals, queues of
sockets, threads): a gate on one machine decides, forwards and answers the same with it and without; **refused**: error E301, by name. A
message that is not on this page is refused as a whole (E302). The fields are those of Envoy 1.40.

This page is made by \`node scripts/docs/main.ts\` from \`src/control/config/support/support-table.ts\`; do not edit it.
`;

/** docs/envoy-support.md. */
export function renderEnvoySupport(): string {
  const sections = Object.entries(SUPPORT)
    .filter(([typeName]) => !typeName.startsWith('google.'))
    .map(([typeName, support]) => renderMessage(schemaMessage(typeName), support));
  return [HEAD, ...sections].join('\n');
}

function renderMessage(desc: DescMessage, support: MessageSupport): string {
  const rows = (['done', 'noEffect', 'upkeep', 'refused'] as const).flatMap((state) =>
    renderState(state, desc, support),
  );
  const body = rows.length === 0 ? ['(no fields)'] : rows;
  return [`## \`${desc.typeName}\`\n`, ...body, ''].join('\n');
}

const WORDS: Readonly<Record<FieldState, string>> = {
  done: 'done',
  noEffect: 'no effect',
  upkeep: 'upkeep',
  refused: 'refused',
};

function renderState(state: FieldState, desc: DescMessage, support: MessageSupport): string[] {
  const fields = desc.fields.filter((field) => fieldState(support, field.name) === state);
  const newer = state === 'done' ? undefined : NEWER_FIELDS[desc.typeName]?.[state];
  const names = fields
    .map(({ name }) => `\`${name}\`${renderValues(support.values?.[name])}${renderPlace(support, name)}`)
    .concat((newer?.split(' ') ?? []).map((name) => `\`${name}\``));
  if (names.length === 0) return [];
  return [`- **${WORDS[state]}**: ${names.join(', ')}`];
}

function renderPlace({ noEffectInClusters = '' }: MessageSupport, name: string): string {
  return noEffectInClusters.split(' ').includes(name) ? ' (no effect in a cluster)' : '';
}

function renderValues(values: string | undefined): string {
  if (values === undefined || values === '*') return '';
  return ` (${values.replaceAll(' ', ', ')} only)`;
}
