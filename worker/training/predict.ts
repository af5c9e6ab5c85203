// Predictions for all images, a few at a time: all maps at once would not fit.

const chunk = 256;

/** @param predict values of some images. @returns those of all, one after the other */
export function inChunks(count: number, predict: (images: number[]) => Float32Array): Float32Array {
  const parts: Float32Array[] = [];
  for (let from = 0; from < count; from += chunk)
    parts.push(predict(Array.from({ length: Math.min(chunk, count - from) }, (_, i) => from + i)));
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** The most probable cluster of each image. @param probabilities (N, k) */
export function mostProbable(probabilities: Float32Array, k: number): Int32Array {
  return Int32Array.from({ length: probabilities.length / k }, (_, i) => {
    const own = probabilities.subarray(i * k, (i + 1) * k);
    return own.indexOf(Math.max(...own));
  });
}
