import type { ConfigSource, LoadedConfig } from '../../control/config/index.ts';
import type { Finding } from '../../resources/index.ts';
import type { Gate } from '../../server/index.ts';
import { EXIT } from '../exit-code.ts';
import { type CliIo, UserError } from '../io.ts';
import { NamedFiles } from '../named-files.ts';
import { renderFinding } from '../render-finding.ts';
import { renderOptionsOf } from '../render-options.ts';
import { type FileWatch, watchFiles } from '../watch-files.ts';
import { loadSources, readSources, readText, type SourceOptions } from './run-sources.ts';

/** The files of `run -c` and those that they name, as they are now and as they come to be. */
export class RunConfig {
  readonly #files: readonly string[];
  readonly #options: (sources: readonly ConfigSource[]) => SourceOptions;
  readonly #io: CliIo;
  readonly #memory: NonNullable<SourceOptions['memory']> = {};
  /** The standard input can be read once. */
  #stdin: ConfigSource[] | null = null;
  #sources: readonly ConfigSource[] = [];
  #texts = '';
  #named = new NamedFiles();
  #said: ReadonlySet<string> = new Set();
  /** Why the files could not be read last. */
  #complaint = '';

  /** @param options depend on what kind of files there are */
  constructor(
    files: readonly string[],
    options: (sources: readonly ConfigSource[]) => SourceOptions,
    io: CliIo,
  ) {
    this.#files = files;
    this.#options = options;
    this.#io = io;
  }

  /** @throws UserError */
  async load(): Promise<LoadedConfig> {
    this.#sources = await this.#read(this.#io);
    this.#texts = this.#textsOf(this.#sources);
    const loaded = await loadSources(this.#sources, this.#loadOptions(), this.#io);
    this.print(loaded.findings.list);
    return loaded;
  }

  /** Says what has not been said of the configuration before. */
  print(findings: readonly Finding[]): void {
    const options = renderOptionsOf(this.#sources, this.#io.color);
    const texts = findings.map((finding) => renderFinding(finding, options));
    for (const text of texts) if (!this.#said.has(text)) this.#io.err(`${text}\n`);
    this.#said = new Set(texts);
  }

  /** Has the gate serve the files as they come to be. What is wrong with them is said, and the gate serves on as before. */
  follow(gate: Gate): FileWatch {
    let reloads = Promise.resolve();
    let isClosed = false;
    let paths = this.#watched();
    const changed = () => {
      reloads = reloads.then(() => this.#reload(gate)).then(watchOthers);
    };
    let watch = watchFiles(paths, changed);
    const watchOthers = () => {
      const now = this.#watched();
      if (isClosed || now.join('\0') === paths.join('\0')) return;
      watch.close();
      paths = now;
      watch = watchFiles(paths, changed);
      // What happened while nobody watched.
      changed();
    };
    return {
      close: () => {
        isClosed = true;
        watch.close();
      },
    };
  }

  #watched(): string[] {
    const { mesh } = this.#options(this.#sources);
    const files = this.#files.filter((file) => file !== '-');
    return [...files, ...(mesh === undefined ? [] : [mesh]), ...this.#named.paths];
  }

  async #reload(gate: Gate): Promise<void> {
    try {
      const quiet = { ...this.#io, err: () => undefined };
      const sources = await this.#read(quiet);
      const texts = this.#textsOf(sources);
      const isSame = texts === this.#texts && !this.#named.haveChanged;
      if (!isSame) checkWhole(sources, this.#sources, this.#named);
      this.#complaint = '';
      if (isSame) return;
      this.#texts = texts;
      this.#sources = sources;
      const { snapshot, provenance, findings } = await loadSources(sources, this.#loadOptions(), quiet);
      if (snapshot === null) {
        this.print(findings.list);
        this.#io.err('the files have errors: serving as before\n');
        return;
      }
      const update = await gate.update({ snapshot, provenance });
      this.print([...findings.list, ...(update.problem === null ? [] : update.findings)]);
      this.#io.err(
        update.problem === null ? 'reloaded\n' : `not reloaded: ${update.problem}: serving as before\n`,
      );
    } catch (error) {
      this.#complain(`not reloaded: ${error instanceof UserError ? error.message : ownFault(error)}\n`);
    }
  }

  /** Once: where a log lies beside the files, what is said of them is itself a change. */
  #complain(text: string): void {
    if (text !== this.#complaint) this.#io.err(text);
    this.#complaint = text;
  }

  #loadOptions(): SourceOptions {
    this.#named = new NamedFiles();
    return { ...this.#options(this.#sources), memory: this.#memory, readFile: this.#named.read };
  }

  async #read(io: CliIo): Promise<ConfigSource[]> {
    const sources: ConfigSource[] = [];
    for (const file of this.#files) {
      if (file === '-') this.#stdin ??= await readSources([file], this.#io);
      sources.push(...(file === '-' ? (this.#stdin ?? []) : await readSources([file], io)));
    }
    return sources;
  }

  #textsOf(sources: readonly ConfigSource[]): string {
    const { mesh } = this.#options(sources);
    return JSON.stringify([sources, mesh === undefined ? null : readText(mesh, 'mesh configuration')]);
  }
}

/** A gate must not end by a file that it does not yet serve. */
const ownFault = (error: unknown) =>
  `internal error, please report it\n${(error as Error).stack ?? String(error)}`;

/**
 * A file that has become empty is being written: without the policies that it is about to have anyone may get in, without the keys
 * nobody.
 * @throws UserError
 */
function checkWhole(
  sources: readonly ConfigSource[],
  before: readonly ConfigSource[],
  named: NamedFiles,
): void {
  const written = new Set(before.filter(({ text }) => text.trim() !== '').map(({ name }) => name));
  const empty =
    sources.find(({ name, text }) => text.trim() === '' && written.has(name))?.name ?? named.emptied;
  if (empty === undefined) return;
  const message = `\`${empty}\` has become empty; delete the file if that is meant`;
  throw new UserError(message, EXIT.configInvalid);
}
