// What the person's decisions say about the other images of the gallery: see worker/learning. Pure.
import * as l10n from '@vscode/l10n';
import type { Analysis } from '../../worker/api/analysis';
import { changeLabels, type LabelChange } from '../../worker/labels/change';
import { isPinned, type LabelDocument } from '../../worker/labels/view';
import {
  certainty,
  estimate,
  learn,
  moves,
  ranking,
  type Estimate,
  type Learned,
  type Situation,
} from '../../worker/learning/learner';
import { nextQuestion } from '../../worker/learning/questions';
import { percent } from '../kit/format';
import { language } from '../kit/l10n';
import type { ClusterModel, GalleryModel } from './gallery-model';

/** Labels and analysis, and what was learnt of them. */
export interface Learning {
  analysis: Analysis;
  situation: Situation;
  learned: Learned;
  /** (images of the analysis) */
  certainty: Float64Array;
}

let latest: { labels: LabelDocument; analysis: Analysis; learning: Learning | undefined } | undefined;

/** Undefined where images have no vectors to learn from. The last one is kept: several parts of the page ask for the same. */
export function learningOf(labels: LabelDocument, analysis: Analysis | null): Learning | undefined {
  if (!analysis?.coordinates) return undefined;
  if (latest?.labels === labels && latest.analysis === analysis) return latest.learning;
  const lines = new Map(labels.images.map((image) => [image.path, image]));
  const situation: Situation = {
    vectors: analysis.coordinates.values,
    dimensions: analysis.coordinates.dimensions,
    further: analysis.further,
    clusters: analysis.images.map(({ path }) => lines.get(path)?.cluster),
    decided: analysis.images.map(({ path }) => isPinned(lines.get(path) ?? {})),
    named: new Set(labels.clusters.flatMap(({ id, name }) => (name.trim() === '' ? [] : [id]))),
  };
  const learned = learn(situation);
  const learning = learned && { analysis, situation, learned, certainty: certainty(situation, learned) };
  latest = { labels, analysis, learning };
  return learning;
}

/** An image that follows the person's decisions, and why. */
export interface Following {
  path: string;
  cluster: number;
  why: string;
}

/** Images that nobody has decided on and that belong elsewhere by what the person decided about others. */
export function followers(labels: LabelDocument, analysis: Analysis | null): Following[] {
  if (!labels.images.some(isPinned)) return [];
  const learning = learningOf(labels, analysis);
  if (!learning) return [];
  const { situation, learned } = learning;
  const names = new Map(labels.clusters.map((cluster) => [cluster.id, cluster.name]));
  return moves(situation, learned).map(({ row, cluster, probability }) => {
    const decisions = learned.decisions[learned.clusters.indexOf(cluster)]!;
    const why = reason(decisions, names.get(cluster) ?? '', probability);
    return { path: learning.analysis.images[row]!.path, cluster, why };
  });
}

function reason(decisions: number, name: string, probability: number): string {
  const sure = percent(probability);
  const count = decisions.toLocaleString(language);
  if (decisions === 0) return l10n.t('moved here: most like its most typical image ({0})', sure);
  if (name === '')
    return decisions === 1
      ? l10n.t('moved here: like 1 image that you put here ({0})', sure)
      : l10n.t('moved here: like {0} images that you put here ({1})', count, sure);
  return decisions === 1
    ? l10n.t('moved here: like 1 image that you called {0} ({1})', name, sure)
    : l10n.t('moved here: like {0} images that you called {1} ({2})', count, name, sure);
}

/** A change together with what follows from it, as one edit. */
export function withFollowers(
  labels: LabelDocument,
  analysis: Analysis | null,
  change: LabelChange,
): { change: LabelChange; followers: Following[] } {
  const found = followers(changeLabels(labels, change), analysis);
  if (found.length === 0) return { change, followers: [] };
  const follow: LabelChange = { kind: 'follow', moves: found.map(({ path, cluster }) => ({ path, cluster })) };
  return { change: { kind: 'steps', changes: [change, follow] }, followers: found };
}

/** An image that the person is asked about. */
export interface AskedImage {
  path: string;
  /** Where it is: what keeping it means. */
  own: ClusterModel;
  /** Of the model. */
  probability: number;
  /** The most probable other one. */
  second: { cluster: ClusterModel; probability: number } | undefined;
  /** Questions that are worth asking, this one among them. */
  left: number;
}

/** How far the review is, and what comes next; no image where every one is decided on or passed over. */
export interface ReviewState {
  asked: AskedImage | undefined;
  estimate: Estimate;
}

/**
 * Undefined where images have no vectors to learn from.
 * @param passedOver paths that the person did not want to answer
 * @param asked path that was asked about: it stays the question until it is answered, whatever else has changed
 */
export function reviewState(
  { labels, analysis, clusters }: GalleryModel,
  passedOver: ReadonlySet<string>,
  asked?: string,
): ReviewState | undefined {
  const learning = learningOf(labels, analysis);
  if (!learning || !analysis) return undefined;
  const { situation, learned, certainty: sureness } = learning;
  const rows = new Set(analysis.images.flatMap(({ path }, row) => (passedOver.has(path) ? [row] : [])));
  const next = nextQuestion(analysis.merges, situation, sureness, rows);
  const same = asked === undefined ? -1 : analysis.images.findIndex(({ path }) => path === asked);
  const isOpen = situation.clusters[same] !== undefined && !situation.decided[same] && !rows.has(same);
  const question = next && isOpen ? { ...next, row: same } : next;
  const own = question && clusters.find(({ id }) => id === situation.clusters[question.row]);
  const state = { asked: undefined, estimate: estimate(situation, learned) };
  if (!question || !own) return state;
  const others = ranking(learned, question.row).filter(({ cluster }) => cluster !== own.id);
  const second = others[0] && clusters.find(({ id }) => id === others[0]!.cluster);
  return {
    ...state,
    asked: {
      path: analysis.images[question.row]!.path,
      own,
      probability: sureness[question.row]!,
      second: second && { cluster: second, probability: others[0]!.probability },
      left: question.left,
    },
  };
}

/** Images of clusters that are marked OK by how probable a cluster is for them that is not: the dangerous mistake first, each with that in words. */
export function escapeSuspects({ labels, analysis, images }: GalleryModel): { path: string; value: string }[] {
  const learning = learningOf(labels, analysis);
  if (!learning || !analysis) return [];
  const { situation, learned } = learning;
  const isOk = new Map(labels.clusters.map(({ id, ok }) => [id, ok === true]));
  return analysis.images
    .flatMap(({ path }, row) => {
      const cluster = situation.clusters[row];
      if (cluster === undefined || !isOk.get(cluster) || situation.decided[row]) return [];
      const escape = ranking(learned, row).reduce(
        (sum, each) => sum + (isOk.get(each.cluster) ? 0 : each.probability),
        0,
      );
      return [{ path, escape, score: images.get(path)?.score ?? 0 }];
    })
    .sort((a, b) => b.escape - a.escape || b.score - a.score)
    .map(({ path, escape }) => ({ path, value: l10n.t('{0} not OK', percent(escape)) }));
}
