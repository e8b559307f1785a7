/** Renews `docs/reference`. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pages, REFERENCE } from './pages';
import { PICTURES, pictures } from './pictures';

for (const [file, text] of pages()) writeFileSync(join(REFERENCE, file), text);
for (const [file, picture] of pictures()) writeFileSync(join(PICTURES, file), picture);
