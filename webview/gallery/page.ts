// The page: whatever its source says, it shows the gallery, or why there is none.
import * as l10n from '@vscode/l10n';
import type { Analysis } from '../../worker/api/analysis';
import { hasRegions, regionDocument, type LabelDocument } from '../../worker/labels/view';
import { conflictPanel } from './conflict-panel';
import { button, progress, registerControls } from '../kit/controls';
import { h, icon } from '../kit/dom';
import { latest } from '../kit/memo';
import { galleryModel } from '../model/gallery-model';
import { GalleryView } from './gallery-view';
import { Messages } from '../kit/messages';
import type { GallerySource, PageState } from '../source/source';
import { ViewStateStore } from '../model/view-state';

/** Sections get their heights in the first frames. */
const framesToLayOut = 60;
/** So many frames a place has to stay: controls take their size only after they came, and the browser moves the page with what is below them. */
const framesToStay = 3;

/** The analysis that the page has. */
interface Known {
  id: string | null;
  ofRegions: boolean;
  analysis: Analysis | null;
  /** Whether it has all that decisions are learnt from, as far as there is more. */
  isLearnable: boolean;
}

export interface Page {
  /** Makes all pictures ready, wherever they are. */
  loadAll(): void;
}

/** Fills `root` and keeps it up to date with the source. `overview` goes below the gallery's header, `end` below all of it. */
export function mountPage(root: HTMLElement, source: GallerySource, overview?: HTMLElement, end?: HTMLElement): Page {
  registerControls();
  const messages = new Messages();
  const view = new ViewStateStore(source.viewStorage);
  /** Something is to be learnt from decisions: from now on, analyses come with all that it takes. */
  let learns = false;
  const prepareToLearn = async () => {
    learns = true;
    if (!known.isLearnable) await show(source.state);
  };
  const itemsChanged = () => void show(source.state);
  const gallery = new GalleryView(source, view, messages, { itemsChanged, prepareToLearn }, overview);
  const main = h('main');
  root.replaceChildren(main, messages.element);
  let known: Known = { id: null, ofRegions: false, analysis: null, isLearnable: true };

  /** The host has checked the text. The same text is the same document: what was done to it stands. */
  const labelsIn = latest((text: string) => JSON.parse(text.replace(/^\uFEFF/, '')) as LabelDocument);
  const regionsIn = latest(regionDocument);
  let lastTurn = 0;
  const show = async (state: PageState): Promise<void> => {
    const turn = ++lastTurn;
    if (state.kind !== 'labels') {
      main.replaceChildren(placeholder(state, source, messages));
      return;
    }
    const labels = labelsIn(state.labels);
    const ofRegions = source.showRegions !== undefined && view.value.regions && hasRegions(labels);
    source.showRegions?.(ofRegions);
    if (state.analysisId !== known.id || ofRegions !== known.ofRegions) {
      const analysis = await source.analysis().catch((error: unknown) => {
        messages.showError(error);
        return null;
      });
      // A newer state has been shown, or is about to be.
      if (turn !== lastTurn) return;
      known = { id: state.analysisId, ofRegions, analysis, isLearnable: false };
    }
    if (learns && !known.isLearnable) {
      const learnable = await withFurther(known, source).catch((error: unknown) => {
        messages.showError(error);
        return known;
      });
      if (turn !== lastTurn) return;
      known = { ...learnable, isLearnable: true };
    }
    const shown = ofRegions ? regionsIn(labels) : labels;
    gallery.update(galleryModel(state.title, shown, known.analysis, ofRegions));
    if (gallery.element.isConnected) return;
    main.replaceChildren(gallery.element, ...(end ? [end] : []));
    restoreScroll(view.value.scroll);
    if (gallery.placed()) wantedScroll = undefined;
  };
  /** The place where the person was, until the page is high enough for it. */
  let wantedScroll: number | undefined;
  const restoreScroll = (top: number): void => {
    wantedScroll = top;
    const step = (framesLeft: number, framesStayed: number): void => {
      if (wantedScroll === undefined) return;
      const stayed = Math.abs(window.scrollY - top) < 1 ? framesStayed + 1 : 0;
      window.scrollTo({ top, behavior: 'instant' });
      // Nothing moves the top of the page.
      if (top === 0 || stayed > framesToStay || framesLeft === 0) wantedScroll = undefined;
      else requestAnimationFrame(() => step(framesLeft - 1, stayed));
    };
    step(framesToLayOut, 0);
  };
  // Whoever scrolls meanwhile is where they want to be.
  for (const event of ['wheel', 'pointerdown', 'keydown'])
    window.addEventListener(event, () => (wantedScroll = undefined), { passive: true });

  window.addEventListener('scroll', () => {
    if (gallery.element.isConnected && wantedScroll === undefined) view.update({ scroll: window.scrollY });
  });
  source.subscribe((state) => {
    gallery.heardOfFile();
    void show(state);
  });
  void show(source.state);
  return { loadAll: () => gallery.loadAll() };
}

/** Regions have no components beyond those that they are grouped by. */
async function withFurther(known: Known, source: GallerySource): Promise<Known> {
  const { id, ofRegions, analysis } = known;
  if (id === null || ofRegions || !analysis) return known;
  const further = await source.furtherComponents?.(id);
  return further ? { ...known, analysis: { ...analysis, further } } : known;
}

/** What stands in the place of the gallery. */
function placeholder(
  state: Exclude<PageState, { kind: 'labels' }>,
  source: GallerySource,
  messages: Messages,
): HTMLElement {
  switch (state.kind) {
    case 'loading':
      return h('div', { class: 'placeholder' }, progress(l10n.t('Loading …')));
    case 'failed':
      return h(
        'div',
        { class: 'placeholder', role: 'alert' },
        icon('warning'),
        h('h1', {}, l10n.t('The gallery cannot be shown')),
        h('p', {}, state.message),
      );
    case 'conflict':
      return conflictPanel(state, source, messages);
    case 'invalid':
      return h(
        'div',
        { class: 'placeholder', role: 'alert' },
        icon('warning'),
        h('h1', {}, l10n.t('The labels of {0} cannot be read', state.title)),
        h('p', {}, state.message),
        h('p', { class: 'summary' }, l10n.t('Line {0}, column {1}', state.line, state.column)),
        source.openAsText && button(l10n.t('Open as Text'), () => void messages.watch(source.openAsText?.())),
      );
  }
}
