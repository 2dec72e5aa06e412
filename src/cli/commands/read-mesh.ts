import { type EjectSetting, parseMesh } from '../../control/istio/index.ts';
import { EXIT } from '../exit-code.ts';
import { type CliIo, UserError } from '../io.ts';
import { readText } from './run-sources.ts';

/**
 * Reads the file of `--mesh`; what it says that is not known is told.
 * @throws UserError when it is none
 */
export function readMesh(file: string | undefined, io: CliIo): EjectSetting['mesh'] {
  if (file === undefined) return undefined;
  const { mesh, findings } = parseMesh({ name: file, text: readText(file, 'mesh configuration') });
  for (const { at, message } of findings) io.err(`${at?.file ?? file}:${at?.line ?? 1}: ${message}\n`);
  if (mesh === null) throw new UserError(`\`${file}\` is no mesh configuration`, EXIT.configInvalid);
  return mesh;
}
