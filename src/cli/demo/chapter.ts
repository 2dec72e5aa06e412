import { renderInOneLine, renderSteps } from './explain-refusal.ts';
import type { StoryReply, StoryRequest } from './http-client.ts';
import type { Expectation, Narrator, TellStep } from './narrator.ts';
import type { Scene, SceneGate } from './scene.ts';

/** A part of the story. It must leave the scene as the next one expects it: own certificate, keys fresh. */
export type Chapter = (scene: Scene, narrator: Narrator) => Promise<void>;

export interface GateStep {
  title: string;
  request: StoryRequest;
  curl: string | readonly string[];
  expect: Expectation;
  /** Every step of a refusal on a line of its own, instead of one line for it all. */
  isExplainedInFull?: boolean;
  after?: TellStep['after'];
}

/** Statuses by which a gate says no. */
const REFUSALS = new Set([401, 403, 429]);

/** A request to a gate; a refusal by the gate itself is explained by the gate's own decision objects, which must agree with it. */
export function askGate(scene: Scene, gate: SceneGate, step: GateStep): TellStep {
  const isRefused = REFUSALS.has(step.expect.status);
  const after = isRefused ? (reply: StoryReply) => explain(gate, step, reply) : step.after;
  return {
    title: step.title,
    curl: step.curl,
    send: () => scene.client.send(step.request),
    expect: step.expect,
    ...(after !== undefined ? { after } : {}),
  };
}

async function explain(gate: SceneGate, step: GateStep, reply: StoryReply): Promise<string[]> {
  const { status, body, steps } = await gate.explain(step.request);
  const lines = step.isExplainedInFull === true ? renderSteps(steps) : renderInOneLine(steps);
  const agrees = status === reply.status && body === reply.body;
  const hasPlace = lines.some((line) => line.startsWith(gate.file) || line.includes(` ${gate.file}:`));
  return [
    ...lines.map((line) => `why  ${line}`),
    ...(agrees ? [] : [`!the explanation says ${status} \`${body}\``]),
    ...(hasPlace ? [] : ['!the explanation names no line of the configuration']),
  ];
}

/** `curl` for a request to a gate, with `$NAME` for the token. */
export function curlGate(url: string, tokenVariable?: string): string {
  const quoted = /[()%?]/.test(url) ? `'${url}'` : url;
  return tokenVariable === undefined
    ? `curl -s -D - ${quoted}`
    : `curl -s -D - ${quoted} -H "Authorization: Bearer ${tokenVariable}"`;
}
