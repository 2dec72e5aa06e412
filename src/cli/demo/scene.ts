import type { Explanation } from './explain-refusal.ts';
import type { FunnelService } from './funnel-service.ts';
import type { StoryClient, StoryRequest } from './http-client.ts';

/** A gate of the story: where it listens, and the data path's own account of a refusal. */
export interface SceneGate {
  /** `http://127.0.0.1:PORT`. */
  url: string;
  /** The configuration file that it runs, as a person would name it. */
  file: string;
  /** Why this request was refused here, by the data path's own decision objects. */
  explain(request: StoryRequest): Promise<Explanation>;
}

/** An issuer of the story, with what its operator can do to it. */
export interface SceneIssuer {
  /** `https://auth.funnel-labs.io/auth/realms/funnel`. */
  url: string;
  /** `curl` with the options that reach it from here. */
  curl: string;
  /** The commands that do by hand what the operator does. */
  byHand: { publishNextKey: string; signWithNextKey: string; stranger: string; own: string };
  /** Publishes the key that will sign next, before it signs. */
  publishNextKey(): Promise<void>;
  /** Signs with the published key from now on; the old one stays published. */
  signWithNextKey(): Promise<void>;
  /** Puts a stranger's certificate, for the same name, in front of the same issuer. */
  useStrangersCertificate(): Promise<void>;
  useOwnCertificate(): Promise<void>;
}

/** Everything that runs while the story is told; what a later chapter needs starts when it is asked for. One clock drives it all. */
export interface Scene {
  client: StoryClient;
  front: SceneGate;
  service: FunnelService;
  issuer(): Promise<SceneIssuer>;
  trains(): Promise<SceneGate>;
  limited(): Promise<SceneGate>;
  mesh(): Promise<{ gate: SceneGate; issuer: SceneIssuer }>;
  /** Starts in the background what later chapters ask for. */
  prepareAhead(): void;
  /** Moves the one clock. @returns the command that does it by hand */
  passTime(seconds: number): string;
  close(): Promise<void>;
}
