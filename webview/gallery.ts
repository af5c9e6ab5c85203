// Entry of the gallery in a VS Code webview.
import './page.css';
import { HostSource } from './host-source';
import { mountPage } from './page';
import { RpcClient } from './rpc';

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

const vscode = acquireVsCodeApi();
const rpc = new RpcClient({
  post: (message) => vscode.postMessage(message),
  listen: (listener) => window.addEventListener('message', ({ data }) => listener(data)),
});
const source = new HostSource(rpc, { load: () => vscode.getState(), save: (state) => vscode.setState(state) });
mountPage(document.body, source);
void source.start();
