import type { Finding } from '../../resources/index.ts';
import { type LoadedRealm, loadRealm } from '../../server/issuer/index.ts';
import { EXIT } from '../exit-code.ts';
import { createSecretHider } from '../hide-secrets.ts';
import { type CliIo, UserError } from '../io.ts';
import { readText } from './issuer-flags.ts';

type Realm = NonNullable<LoadedRealm['realm']>;

/** Reads every realm file and tells what is wrong with any. @throws UserError when one cannot be used. */
export async function loadRealms(files: readonly string[], io: CliIo): Promise<Realm[]> {
  const sources = files.map((name) => ({ name, text: readText(name) }));
  const loaded = await Promise.all(sources.map(loadRealm));
  const { sentence } = createSecretHider(sources.map(({ text }) => text));
  for (const { findings } of loaded) for (const finding of findings) io.err(sentence(renderFinding(finding)));
  const realms = loaded.flatMap(({ realm }) => realm ?? []);
  if (realms.length < files.length) {
    throw new UserError('the realm cannot be used as it is; mend what is said above', EXIT.configInvalid);
  }
  const names = realms.map((realm) => realm.name);
  const twin = names.find((name, index) => names.indexOf(name) !== index);
  if (twin !== undefined) throw new UserError(`realm \`${twin}\` is in two files`, EXIT.configInvalid);
  return realms;
}

function renderFinding({ at, severity, code, message, hint }: Finding): string {
  const place = at === undefined ? '' : `${at.file}:${at.line}:${at.column}: `;
  return `${place}${severity}[${code}]: ${message}${hint === undefined ? '' : ` (${hint})`}\n`;
}
