// Programs in the place of the engine that do what no engine should: for the tests of its client, and for the fault campaign.
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** One way to fail. */
export interface FakeEngine {
  name: string;
  /** A request that is not cancelled ends by itself; of the others the person must let go. */
  answersItself: boolean;
  /** What the error of a request says that ends by itself. */
  message?: RegExp;
  /** CommonJS; `connect()` gives a JSON-RPC connection that listens already. */
  code: string;
  /** Says nothing at all, so that its client is to wait for little. */
  isSilent?: boolean;
}

const rpc = JSON.stringify(createRequire(import.meta.url).resolve('vscode-jsonrpc/node'));
const prelude = `
const { writeSync } = require('node:fs');
function connect(prepare) {
  const rpc = require(${rpc});
  const connection = rpc.createMessageConnection(new rpc.IPCMessageReader(process), new rpc.IPCMessageWriter(process));
  prepare?.(connection);
  connection.listen();
  void connection.sendNotification('ready');
  return connection;
}
process.on('disconnect', () => process.exit(0));
`;

export const fakeEngines: FakeEngine[] = [
  { name: 'exits at once', answersItself: true, message: /exit code 3/, code: 'process.exit(3);' },
  {
    name: 'exits when it is asked',
    answersItself: true,
    message: /exit code 4/,
    code: "connect((c) => c.onRequest('cluster', () => process.exit(4)));",
  },
  {
    name: 'crashes',
    answersItself: true,
    message: /signal SIGABRT|exit code/,
    code: "connect((c) => c.onRequest('cluster', () => process.abort()));",
  },
  {
    name: 'throws outside of a request',
    answersItself: true,
    message: /exit code/,
    code: "connect((c) => c.onRequest('cluster', () => { setImmediate(() => { throw new Error('oops'); }); return new Promise(() => {}); }));",
  },
  {
    name: 'sends what is no message',
    answersItself: true,
    code: `for (const value of ['garbage', null, 7, { jsonrpc: '2.0', id: 0 }, { jsonrpc: '2.0', id: 99, result: {} }, { method: 3 }]) process.send(value);
setInterval(() => process.send({ half: 'a message' }), 20);`,
  },
  {
    name: 'answers with what was not asked for',
    answersItself: true,
    code: "connect((c) => c.onRequest('cluster', () => ({ nothing: 'of it' })));",
  },
  {
    name: 'is silent from the start',
    answersItself: true,
    message: /no answer within/,
    isSilent: true,
    code: 'setInterval(() => {}, 1e6);',
  },
  {
    name: 'is silent when it is asked',
    answersItself: false,
    code: "connect((c) => c.onRequest('cluster', () => new Promise(() => {})));",
  },
  {
    name: 'loops for ever',
    answersItself: false,
    code: "connect((c) => c.onRequest('cluster', () => { for (;;); }));",
  },
  {
    name: 'prints without end',
    answersItself: false,
    code: `connect((c) => c.onRequest('cluster', () => new Promise(() => {})));
const text = 'x'.repeat(200) + '\\n';
(function print() { process.stderr.write(text.repeat(50), () => setImmediate(print)); })();`,
  },
];

/** @returns the script's path */
export function writeFakeEngine(folder: string, { name, code }: FakeEngine): string {
  const script = join(folder, `${name.replaceAll(' ', '-')}.cjs`);
  writeFileSync(script, prelude + code);
  return script;
}
