// The page: whatever its source says, it shows the gallery, or why there is none.
import { LabelFileError, parseLabels } from '../worker/labels';
import { button, progress, registerControls } from './controls';
import { h, icon } from './dom';
import { galleryModel } from './gallery-model';
import { GalleryView } from './gallery-view';
import { Messages } from './messages';
import type { GallerySource, PageState } from './source';
import { ViewStateStore } from './view-state';

export interface Page {
  /** Makes all pictures ready, wherever they are. */
  loadAll(): void;
}

/** Fills `root` and keeps it up to date with the source. `overview` goes below the gallery's header. */
export function mountPage(root: HTMLElement, source: GallerySource, overview?: HTMLElement): Page {
  registerControls();
  const messages = new Messages();
  const view = new ViewStateStore(source.viewStorage);
  const gallery = new GalleryView(source, view, messages, overview);
  const main = h('main');
  root.replaceChildren(main, messages.element);

  const show = (state: PageState): void => {
    if (state.kind !== 'labels') {
      main.replaceChildren(placeholder(state, source, messages));
      return;
    }
    try {
      gallery.update(galleryModel(state.title, parseLabels(state.labels), state.analysis));
    } catch (error) {
      if (!(error instanceof LabelFileError)) throw error;
      const { message, line, column } = error;
      show({ kind: 'invalid', title: state.title, message, line, column });
      return;
    }
    if (gallery.element.isConnected) return;
    main.replaceChildren(gallery.element);
    window.scrollTo({ top: view.value.scroll, behavior: 'instant' });
  };

  window.addEventListener('scroll', () => {
    if (gallery.element.isConnected) view.update({ scroll: window.scrollY });
  });
  source.subscribe(show);
  show(source.state);
  return { loadAll: () => gallery.loader.loadAll() };
}

/** What stands in the place of the gallery. */
function placeholder(
  state: Exclude<PageState, { kind: 'labels' }>,
  source: GallerySource,
  messages: Messages,
): HTMLElement {
  switch (state.kind) {
    case 'loading':
      return h('div', { class: 'placeholder' }, progress('Loading …'));
    case 'failed':
      return h(
        'div',
        { class: 'placeholder', role: 'alert' },
        icon('warning'),
        h('h1', {}, 'The gallery cannot be shown'),
        h('p', {}, state.message),
      );
    case 'invalid':
      return h(
        'div',
        { class: 'placeholder', role: 'alert' },
        icon('warning'),
        h('h1', {}, `The labels of ${state.title} cannot be read`),
        h('p', {}, state.message),
        h('p', { class: 'summary' }, `Line ${state.line}, column ${state.column}`),
        source.openAsText && button('Open as Text', () => void messages.watch(source.openAsText?.())),
      );
  }
}
