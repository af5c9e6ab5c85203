// The environment of the engine's process: the parent's, without what would make it behave like the extension host.

/** Set for the extension host only: debugging, Electron's and VS Code's own switches. */
const hostOnly = /^(NODE_OPTIONS|NODE_INSPECT.*|NODE_CHANNEL_.*|NODE_UNIQUE_ID|VSCODE_.*|ELECTRON_.*)$/;

/** Environment for a plain Node process started from an extension host, which may itself be Electron. */
export function engineEnvironment(parent: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(parent).filter(([name]) => !hostOnly.test(name.toUpperCase()));
  return { ...Object.fromEntries(kept), ELECTRON_RUN_AS_NODE: '1' };
}
