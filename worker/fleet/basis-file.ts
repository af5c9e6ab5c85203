// What all images are compared with, as the plan found it and the shards read it: references with their bags, scale, normal images.
import type { AggregateName } from '../api/settings';
import type { ScoreScale } from '../bags/score';
import type { BlocksBasis } from '../describe/method';
import { ReferenceSearch, type ReferenceSearchOptions } from '../describe/reference-search';
import { EngineError } from '../api/errors';
import type { ImageSource } from '../pool/tasks/context';
import type { Session } from '../session/session';
import { floatsOf, pack, readPacked } from './packed-file';
import { invalid, type WorkFolder } from './work-folder';

interface BasisHead {
  references: ImageSource[];
  kind: ReferenceSearchOptions['kind'];
  aggregate: AggregateName;
  strategy: { key: string; projection?: { key: string; size: number } };
  scale?: ScoreScale;
  deviation: number;
  nuisance: number;
}

/** @throws EngineError `not-writable` where the cache could not keep the references' bags */
export async function packBasis({ cache }: Session, basis: BlocksBasis): Promise<Uint8Array> {
  const { references, kind, aggregate, strategy } = basis.search.options;
  const projection = await strategy.projection();
  const bags: Uint8Array[] = [];
  for (const { bagKey, file } of references) {
    const bag = await cache.get('bags', bagKey);
    if (bag === undefined) {
      throw new EngineError(
        { code: 'not-writable', file: cache.folder },
        `The cache did not keep what was found of ${file}: ${cache.problem ?? 'it is too small'}. Make room in ${cache.folder}, then plan again.`,
      );
    }
    bags.push(bag);
  }
  const nuisance = basis.nuisance ?? [];
  const head: BasisHead = {
    ...{ references: [...references], kind, aggregate },
    strategy: {
      key: strategy.key,
      ...(projection ? { projection: { key: projection.key, size: projection.size } } : {}),
    },
    ...(basis.scale ? { scale: basis.scale } : {}),
    ...{ deviation: basis.deviation, nuisance: nuisance.length },
  };
  return pack(head, [...bags, ...nuisance, ...(projection ? [projection.directions] : [])]);
}

/** A node's own cache gets the references' bags: nobody embeds them again. @throws EngineError `work-invalid` */
export async function readBasis(session: Session, work: WorkFolder): Promise<BlocksBasis> {
  const packed = await readPacked<BasisHead>(work.basis);
  if (packed === undefined)
    throw invalid(work.work, `${work.basis} is missing or damaged. Run "anomaly-clustering plan" again.`);
  const { head, parts } = packed;
  const { references, kind, aggregate, scale, deviation } = head;
  const { key, projection } = head.strategy;
  for (const [i, { bagKey }] of references.entries())
    if (!(await session.cache.has('bags', bagKey))) await session.cache.put('bags', bagKey, parts[i]!);
  const nuisance = parts.slice(references.length, references.length + head.nuisance).map(floatsOf);
  const found = projection && { ...projection, directions: floatsOf(parts[parts.length - 1]) };
  const strategy = { key, projection: () => Promise.resolve(found) };
  const search = new ReferenceSearch(session, { references, kind, strategy, aggregate });
  return { search, among: new Map(), scale, deviation, ...(head.nuisance === 0 ? {} : { nuisance }) };
}
