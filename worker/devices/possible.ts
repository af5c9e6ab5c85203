// Which devices a platform may have, in the order in which they are tried.
import type { DeviceName } from '../api/settings';

/** The best first: the platform's own way, then WebGPU, which runs on nearly every graphics card. */
const order: Record<string, DeviceName[]> = {
  'win32-x64': ['directml', 'webgpu'],
  'win32-arm64': ['directml', 'webgpu'],
  'darwin-arm64': ['coreml', 'webgpu'],
  // CUDA's libraries are not in the package: it works where the person has put them.
  'linux-x64': ['cuda', 'webgpu'],
  'linux-arm64': ['webgpu'],
};

/** ONNX Runtime's own names. */
const backends: Record<string, DeviceName> = {
  cpu: 'cpu',
  cuda: 'cuda',
  dml: 'directml',
  coreml: 'coreml',
  webgpu: 'webgpu',
};

/**
 * @param listed the backends that this build of ONNX Runtime says it has
 * @returns devices other than the CPU, in the order in which they are to be tried
 */
export function candidateDevices(
  platform: string,
  architecture: string,
  listed: readonly { name: string }[],
): DeviceName[] {
  const has = new Set(listed.map(({ name }) => backends[name]));
  return (order[`${platform}-${architecture}`] ?? ['webgpu']).filter((device) => has.has(device));
}
