/** Writes the pages of docs/ that are made from tables in the sources. A test holds them equal. */
import { writeFileSync } from 'node:fs';
import { generatedPages } from './generated-pages.ts';

for (const { path, render } of generatedPages) writeFileSync(path, render());
