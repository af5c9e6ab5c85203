// What the page measures among the images' coordinates: as the definitions say, worked out here one image at a time.
import assert from 'node:assert/strict';
import { Measures, simplifiedSilhouette } from '../../../../webview/model/measures';
import { createRandom } from '../../../../worker/base/random';

const [count, dimensions] = [240, 5];
const random = createRandom(7);
// Some are far from all others.
const values = Float32Array.from(
  { length: count * dimensions },
  (_, i) => random.normal() * (Math.floor(i / dimensions) % 37 === 30 ? 8 : 1),
);
const point = (row: number) => [...values.subarray(row * dimensions, (row + 1) * dimensions)];
const distance = (a: readonly number[], b: readonly number[]) => Math.hypot(...a.map((value, d) => value - b[d]!));
const mean = (numbers: readonly number[]) => numbers.reduce((sum, each) => sum + each, 0) / numbers.length;
const centre = (rows: readonly number[]) => point(0).map((_, d) => mean(rows.map((row) => point(row)[d]!)));
const middle = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1]!;
const isNear = (a: number, b: number) => assert.ok(Math.abs(a - b) < 1e-9, `${a} for ${b}`);

describe('measures of images', () => {
  // Of every size, one of them empty; the last rows are in none.
  const sizes = [1, 2, 5, 6, 0, 40, 41, 120];
  let next = 0;
  const clusters = sizes.map((size) => Array.from({ length: size }, () => next++));
  const measures = new Measures({ dimensions, values }, clusters);

  it('are distances to the image nearest to the centre, which is the typical one', () => {
    for (const rows of clusters.filter(({ length }) => length > 0)) {
      const toCentre = rows.map((row) => distance(point(row), centre(rows)));
      const medoid = rows[toCentre.indexOf(Math.min(...toCentre))]!;
      assert.equal(measures.medoids.has(medoid), rows.length > 1);
      for (const row of rows) isNear(measures.toMedoid[row]!, distance(point(row), point(medoid)));
    }
    assert.equal(measures.medoids.size, 6);
  });

  it('are margins between the own centre and the nearest other one', () => {
    for (const [own, rows] of clusters.entries())
      for (const row of rows) {
        const others = clusters.filter((each, i) => i !== own && each.length > 0);
        const nearest = Math.min(...others.map((each) => distance(point(row), centre(each))));
        isNear(measures.marginOf(row)!, (nearest - distance(point(row), centre(rows))) / nearest);
      }
  });

  it('take for outliers what is beyond 3.5 scaled median deviations, in clusters of five and more', () => {
    let outliers = 0;
    for (const rows of clusters) {
      const toCentre = rows.map((row) => distance(point(row), centre(rows)));
      const limit = middle(toCentre) + 3.5 * 1.4826 * middle(toCentre.map((each) => Math.abs(each - middle(toCentre))));
      for (const [i, row] of rows.entries()) {
        const isOutlier = rows.length >= 5 && toCentre[i]! > limit;
        assert.equal(measures.isOutlier(row), isOutlier);
        if (isOutlier) outliers++;
      }
    }
    assert.ok(outliers > 0, 'there are some');
  });

  it('know nothing of images that are in no cluster', () => {
    const row = count - 1;
    assert.ok(next < row);
    assert.deepEqual(
      [measures.toMedoid[row], measures.marginOf(row), measures.isOutlier(row)],
      [NaN, undefined, false],
    );
  });
});

describe('the silhouette by centres', () => {
  it('is the mean of how much nearer the own centre is than the nearest other', () => {
    const labels = Int32Array.from({ length: count }, (_, row) => (row === 0 ? 3 : row % 3));
    const clusters = [0, 1, 2, 3].map((label) => [...labels.keys()].filter((row) => labels[row] === label));
    const each = [...labels].map((label, row) => {
      if (clusters[label]!.length === 1) return 0;
      const own = distance(point(row), centre(clusters[label]!));
      const other = Math.min(
        ...clusters.filter((_, i) => i !== label).map((rows) => distance(point(row), centre(rows))),
      );
      return (other - own) / Math.max(other, own);
    });
    isNear(simplifiedSilhouette({ dimensions, values }, labels), mean(each));
  });

  it('is 0 for one cluster', () =>
    assert.equal(simplifiedSilhouette({ dimensions, values }, new Int32Array(count)), 0));
});
