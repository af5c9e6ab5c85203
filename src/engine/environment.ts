// How the engine's process is started: with what it needs of the parent's environment and nothing else, and a debugger's port where a
// developer wants one.

/**
 * What the engine needs of the environment: where things are, how to reach the network when a person fetches one, which libraries and
 * devices the runtimes find, and its own switches. Keys and tokens of other programs stay where they are.
 */
const needed = new RegExp(
  `^(${[
    // Folders of the person and of the system.
    'HOME|USERPROFILE|HOMEDRIVE|HOMEPATH|APPDATA|LOCALAPPDATA|PROGRAMDATA|TMPDIR|TEMP|TMP|PATH|PATHEXT|XDG_.*',
    'SYSTEMROOT|SYSTEMDRIVE|WINDIR|COMSPEC|PROGRAMFILES.*|NUMBER_OF_PROCESSORS|PROCESSOR_.*|OS',
    'LANG|LANGUAGE|LC_.*|TZ',
    // Proxies and certificates.
    'HTTPS?_PROXY|ALL_PROXY|NO_PROXY|SSL_CERT_(FILE|DIR)|NODE_EXTRA_CA_CERTS|NODE_USE_ENV_PROXY',
    // Libraries and devices.
    'LD_LIBRARY_PATH|DYLD_.*|CUDA_.*|CUDNN_.*|NVIDIA_.*|VK_.*|DISPLAY|WAYLAND_DISPLAY|OMP_.*|UV_THREADPOOL_SIZE',
    // Our own, and what measures coverage.
    'ANOMALY_CLUSTERING_.*|NODE_V8_COVERAGE',
  ].join('|')})$`,
);

/** Environment for a plain Node process started from an extension host, which may itself be Electron. */
export function engineEnvironment(parent: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(parent).filter(([name]) => needed.test(name.toUpperCase()));
  return { ...Object.fromEntries(kept), ELECTRON_RUN_AS_NODE: '1' };
}

/**
 * Node's arguments that let a debugger attach to the engine: ANOMALY_CLUSTERING_INSPECT is the port on this machine, 0 for any free
 * one, which the log then names. None without it.
 * @throws RangeError for what is no port
 */
export function inspectorArguments(environment: NodeJS.ProcessEnv): string[] {
  const port = environment['ANOMALY_CLUSTERING_INSPECT'];
  if (port === undefined || port === '') return [];
  if (/^\d{1,5}$/.test(port) && Number(port) <= 65_535) return [`--inspect=127.0.0.1:${port}`];
  throw new RangeError(`ANOMALY_CLUSTERING_INSPECT is a port from 0 to 65535, not "${port}".`);
}
