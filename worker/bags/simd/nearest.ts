// The parts of the nearest-patch search that ONNX Runtime has no operator for, in AssemblyScript: compiled to WebAssembly with SIMD by
// scripts/build.mjs. All pointers are byte offsets into one memory; sizes are counts of numbers.

const bytes: usize = 4;
const lanes: i32 = 4;

/**
 * Candidates from one matrix of scores (M, J·M), for both directions: the best score within each of four classes. Of a row, class c are
 * the patches n of an image with n mod 4 = c; of a column, the patches m with m mod 4 = c. M is at least 4.
 * @param rows (M, J, 4) int32: for patch m and image j, candidates n among the M of the image
 * @param columns (4, J·M) int32: for each patch of the images, candidates m
 * @param best (J·M) scores, used while it runs
 */
export function findCandidates(
  scores: usize,
  patches: i32,
  images: i32,
  rows: usize,
  columns: usize,
  best: usize,
): void {
  const low = f32x4.splat(-Infinity);
  const stride = <usize>(patches * images) * bytes;
  for (let residue = 0; residue < lanes; residue++) {
    const winners = columns + <usize>residue * stride;
    for (let at: usize = 0; at < stride; at += bytes) store<f32>(best + at, -Infinity);
    // Four rows of the class at a time; at the end the last one again, which changes nothing.
    for (let m = residue; m < patches; m += 16) {
      const last = residue + ((patches - 1 - residue) / lanes) * lanes;
      const m1 = min(m + 4, last);
      const m2 = min(m + 8, last);
      const m3 = min(m + 12, last);
      const i0 = i32x4.splat(m);
      const i1 = i32x4.splat(m1);
      const i2 = i32x4.splat(m2);
      const i3 = i32x4.splat(m3);
      for (let j = 0; j < images; j++) {
        const first = <usize>(j * patches) * bytes;
        const row0 = scores + <usize>m * stride + first;
        const row1 = scores + <usize>m1 * stride + first;
        const row2 = scores + <usize>m2 * stride + first;
        const row3 = scores + <usize>m3 * stride + first;
        const columnBest = best + first;
        const columnWinner = winners + first;
        let best0 = low;
        let best1 = low;
        let best2 = low;
        let best3 = low;
        let winner0 = i32x4(0, 1, 2, 3);
        let winner1 = winner0;
        let winner2 = winner0;
        let winner3 = winner0;
        for (let n = 0; n < patches; n += lanes) {
          // The last vector may overlap the one before: what is seen twice wins once.
          const from = min(n, patches - lanes);
          const at = <usize>from * bytes;
          const index = i32x4.add(i32x4.splat(from), i32x4(0, 1, 2, 3));
          const a = v128.load(row0 + at);
          const b = v128.load(row1 + at);
          const c = v128.load(row2 + at);
          const d = v128.load(row3 + at);
          winner0 = v128.bitselect(index, winner0, f32x4.gt(a, best0));
          winner1 = v128.bitselect(index, winner1, f32x4.gt(b, best1));
          winner2 = v128.bitselect(index, winner2, f32x4.gt(c, best2));
          winner3 = v128.bitselect(index, winner3, f32x4.gt(d, best3));
          best0 = f32x4.pmax(best0, a);
          best1 = f32x4.pmax(best1, b);
          best2 = f32x4.pmax(best2, c);
          best3 = f32x4.pmax(best3, d);

          const ab = f32x4.pmax(a, b);
          const cd = f32x4.pmax(c, d);
          const ofAb = v128.bitselect(i1, i0, f32x4.gt(b, a));
          const ofCd = v128.bitselect(i3, i2, f32x4.gt(d, c));
          const all = f32x4.pmax(ab, cd);
          const ofAll = v128.bitselect(ofCd, ofAb, f32x4.gt(cd, ab));
          const known = v128.load(columnBest + at);
          const isBetter = f32x4.gt(all, known);
          v128.store(columnBest + at, f32x4.pmax(known, all));
          v128.store(columnWinner + at, v128.bitselect(ofAll, v128.load(columnWinner + at), isBetter));
        }
        v128.store(rows + ((<usize>(m * images + j)) << 4), winner0);
        v128.store(rows + ((<usize>(m1 * images + j)) << 4), winner1);
        v128.store(rows + ((<usize>(m2 * images + j)) << 4), winner2);
        v128.store(rows + ((<usize>(m3 * images + j)) << 4), winner3);
      }
    }
  }
}

/**
 * The largest a · b among the four candidates of each patch: squares(m) = 2 − 2 a · b of unit vectors.
 * @param a (M, D), D a multiple of 4
 * @param b where the candidates are, (any, D)
 * @param candidates int32; candidate c of patch m is at m · patchStride + c · classStride, counted in numbers
 * @param squares (M) at a distance of squareStride
 */
export function rerank(
  a: usize,
  b: usize,
  patches: i32,
  dimensions: i32,
  candidates: usize,
  patchStride: i32,
  classStride: i32,
  squares: usize,
  squareStride: i32,
): void {
  const size = <usize>dimensions * bytes;
  const next = <usize>classStride * bytes;
  for (let m = 0; m < patches; m++) {
    const list = candidates + <usize>(m * patchStride) * bytes;
    const vector = a + <usize>m * size;
    const b0 = b + <usize>load<i32>(list) * size;
    const b1 = b + <usize>load<i32>(list + next) * size;
    const b2 = b + <usize>load<i32>(list + 2 * next) * size;
    const b3 = b + <usize>load<i32>(list + 3 * next) * size;
    let sum0 = f32x4.splat(0);
    let sum1 = sum0;
    let sum2 = sum0;
    let sum3 = sum0;
    for (let at: usize = 0; at < size; at += 16) {
      const x = v128.load(vector + at);
      sum0 = f32x4.add(sum0, f32x4.mul(x, v128.load(b0 + at)));
      sum1 = f32x4.add(sum1, f32x4.mul(x, v128.load(b1 + at)));
      sum2 = f32x4.add(sum2, f32x4.mul(x, v128.load(b2 + at)));
      sum3 = f32x4.add(sum3, f32x4.mul(x, v128.load(b3 + at)));
    }
    const largest = max(max(total(sum0), total(sum1)), max(total(sum2), total(sum3)));
    store<f32>(squares + <usize>(m * squareStride) * bytes, 2 - 2 * largest);
  }
}

function total(sum: v128): f32 {
  return (
    f32x4.extract_lane(sum, 0) + f32x4.extract_lane(sum, 1) + (f32x4.extract_lane(sum, 2) + f32x4.extract_lane(sum, 3))
  );
}
