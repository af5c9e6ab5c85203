// Entry of the gallery in a VS Code webview.
import '../kit/l10n';
import './page.css';
import * as l10n from '@vscode/l10n';
import { h } from '../kit/dom';
import { HostSource } from '../source/host-source';
import { mountPage } from './page';
import { RpcClient } from '../source/rpc';

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
document.body.replaceChildren(h('div', { class: 'placeholder', role: 'status' }, l10n.t('Loading …')));
// The view that the host keeps comes with the first state.
void source.start(() => mountPage(document.body, source));
