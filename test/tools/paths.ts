// Where things lie in this checkout, for tests in whichever folder.
import { join } from 'node:path';

/** The project's root folder. */
export const root = join(import.meta.dirname, '..', '..');
/** The bundles that the build makes. */
export const dist = join(root, 'dist');
/** The command line. */
export const cli = join(dist, 'cli.cjs');
/** Data, models and references that are not part of this repository: tests that need them are skipped where they are not. */
export const shared = join(root, '..', 'shared');
