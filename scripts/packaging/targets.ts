// The platforms that there are packages for, by VS Code's names, and what is of which platform in onnxruntime-node.

export const targets = ['linux-x64', 'linux-arm64', 'win32-x64', 'win32-arm64', 'darwin-arm64'] as const;
export type Target = (typeof targets)[number];

export const isTarget = (name: string): name is Target => (targets as readonly string[]).includes(name);

/** Operating system and CPU of a target, by Node's names. */
export function platformOf(target: Target): { os: string; cpu: string } {
  const [os, cpu] = target.split('-') as [string, string];
  return { os, cpu };
}

/** Programs of onnxruntime-node that a package does without. */
const dispensable = [
  // npm packages hold no links, so the runtime is there twice on macOS; the binding loads libonnxruntime.1.dylib.
  /^libonnxruntime\.\d+\.\d+\.\d+\.dylib$/,
  // 9 MB of 42 on Windows. WebGPU compiles its shaders with them when they are there, and else with the compiler that is part of
  // Windows, without half precision, which the networks here do not use. DirectML, which is tried first, needs neither.
  /^(dxcompiler|dxil)\.dll$/,
];

/**
 * Whether a file of onnxruntime-node (its path below the package, with `/`) is needed on a target: its JavaScript, and the programs of
 * the platform.
 */
export function isRuntimeFile(path: string, target: Target): boolean {
  const { os, cpu } = platformOf(target);
  const programs = `bin/napi-v6/${os}/${cpu}/`;
  if (!path.startsWith('bin/')) return path === 'package.json' || path.startsWith('dist/');
  return path.startsWith(programs) && !dispensable.some((file) => file.test(path.slice(programs.length)));
}
