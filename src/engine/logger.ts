// Where the engine's client writes what happens; VS Code's log output channel fits, and so does a test's array.

export interface Logger {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}
