import { renderInOneLine, renderSteps } from './explain-refusal.ts';
import type { StoryRequest } from './http-client.ts';
import type { Expectation, Narrator, TellStep } from './narrator.ts';
import type { Scene, SceneGate } from './scene.ts';

/** A part of the story. It must leave the scene as the next one expects it: own certificate, keys fresh. */
export type Chapter = (scene: Scene, narrator: Narrator) => Promise<void>;

export interface GateStep {
  title: string;
  request: StoryRequest;
  curl: string;
  expect: Expectation;
  /** Every step of a refusal on a line of its own, instead of one line for it all. */
  isExplainedInFull?: boolean;
  after?: TellStep['after'];
}

/** A request to a gate; a refusal by the gate itself is explained by the gate's own decision objects. */
export function askGate(scene: Scene, gate: SceneGate, step: GateStep): TellStep {
  const refused = step.expect.status === 401 || step.expect.status === 403;
  const render = step.isExplainedInFull === true ? renderSteps : renderInOneLine;
  return {
    title: step.title,
    curl: step.curl,
    send: () => scene.client.send(step.request),
    expect: step.expect,
    ...(refused ? { why: async () => render(await gate.explain(step.request)) } : {}),
    ...(step.after !== undefined ? { after: step.after } : {}),
  };
}

/** `curl` for a request to a gate, with `$NAME` for the token. */
export function curlGate(url: string, tokenVariable?: string): string {
  const quoted = /[()%?]/.test(url) ? `'${url}'` : url;
  return tokenVariable === undefined
    ? `curl -s -D - ${quoted}`
    : `curl -s -D - ${quoted} -H "Authorization: Bearer ${tokenVariable}"`;
}
