/** Leaves in dist the digest of the sources that it was built from: `npm run build` ends with it. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { digestOf } from '../src/lib/app/code-digest.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
writeFileSync(`${root}dist/code-digest`, `${digestOf(`${root}src/lib/`)}\n`);
