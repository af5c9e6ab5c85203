// The searches for candidates that a thread keeps between tasks.
import { CandidateSearch } from '../../bags/candidates';
import type { Projection } from '../../algebra/projection';

/** Searches that wait for the next task. Each has a memory of its own: while a thread waits for a device, its tasks take turns. */
let idleSearches: CandidateSearch[] = [];

/** Lends a search for one task. @throws what `work` throws; the search is kept in either case */
export async function withSearch<T>(projection: Projection, work: (search: CandidateSearch) => Promise<T>): Promise<T> {
  idleSearches = idleSearches.filter(({ key }) => key === projection.key);
  const search = idleSearches.pop() ?? (await CandidateSearch.open(projection));
  try {
    return await work(search);
  } finally {
    idleSearches.push(search);
  }
}
