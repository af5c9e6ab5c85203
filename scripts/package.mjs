// `npm run package [-- TARGET …]`: a .vsix file for each platform (or those named), into packages/. Options: --out FOLDER.
import { ensureInstalled, run } from './setup.mjs';

ensureInstalled();
run(process.execPath, ['--import', 'tsx', 'scripts/packaging/package.ts', ...process.argv.slice(2)]);
