// Where ONNX Runtime 1.30 has a program for Node. Its README lists macOS on Intel, too; the package has none.
import { EngineError } from '../api/errors';
const supported = new Set(['linux-x64', 'linux-arm64', 'win32-x64', 'win32-arm64', 'darwin-arm64']);

/** @throws EngineError `unsupported-platform` that says where it does run */
export function requirePlatform(platform: string, architecture: string): void {
  if (supported.has(`${platform}-${architecture}`)) return;
  const name = platform === 'darwin' ? 'Macs with an Intel processor' : `${platform} on ${architecture}`;
  throw new EngineError(
    { code: 'unsupported-platform' },
    `The network runtime has no build for ${name}. Open the folder over Remote-SSH or in a container on Linux, Windows or an Apple silicon Mac.`,
  );
}
