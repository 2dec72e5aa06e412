import type { Command } from 'commander';
import type { CliIo } from '../io.ts';

/** What a command's module exports: it declares its arguments and options on `command` and sets the action. */
export interface CommandModule {
  configure(command: Command, io: CliIo): void;
}

export interface CommandEntry {
  name: string;
  summary: string;
  /** Loads only the plane that the command needs. */
  load(): Promise<CommandModule>;
}

export const commands: readonly CommandEntry[] = [
  {
    name: 'demo',
    summary: 'plays the whole story: issuer, gate, service, refusals and why; --once ends after it',
    load: () => import('./demo.ts'),
  },
  {
    name: 'run',
    summary: 'run the listeners of Envoy or Istio configuration',
    load: () => import('./run.ts'),
  },
  {
    name: 'issuer',
    summary: "issue tokens in Keycloak's shape from a realm file",
    load: () => import('./issuer.ts'),
  },
  {
    name: 'token',
    summary: 'mint, inspect and verify tokens, offline',
    load: () => import('./token.ts'),
  },
  { name: 'jws', summary: 'verify signed objects with any payload, offline', load: () => import('./jws.ts') },
  {
    name: 'validate',
    summary: 'says what is wrong, or not what was meant, in configuration files',
    load: () => import('./validate.ts'),
  },
  {
    name: 'why',
    summary: 'says what becomes of a request and why, to the file and line',
    load: () => import('./why.ts'),
  },
  {
    name: 'test',
    summary: 'runs policy tests: who gets in, as a table',
    load: () => import('./test.ts'),
  },
  {
    name: 'diff',
    summary: 'says which requests get another verdict from another configuration',
    load: () => import('./diff.ts'),
  },
  {
    name: 'explain',
    summary: 'says what a code of `validate` means',
    load: () => import('./explain.ts'),
  },
  {
    name: 'schema',
    summary: 'prints the JSON Schema of Envoy or Istio configuration, for editors',
    load: () => import('./schema.ts'),
  },
  {
    name: 'eject',
    summary: 'prints the Envoy configuration that Istio manifests become',
    load: () => import('./eject.ts'),
  },
  { name: 'version', summary: 'says which jotgate this is', load: () => import('./version.ts') },
];
