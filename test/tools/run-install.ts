// Installs the heavy test tools: npx tsx test/tools/run-install.ts. `npm test` does it before the first stage that needs them.
import { installTestTools } from './install';

installTestTools();
