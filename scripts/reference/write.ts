/** Renews `docs/reference`. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pages, REFERENCE } from './pages';

for (const [file, text] of pages()) writeFileSync(join(REFERENCE, file), text);
