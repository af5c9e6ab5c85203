// A network that is ready to be opened, as plain data for the pool's workers.

/** What a network takes: the size of its image, and (value / 255 − mean) / deviation of each channel. */
export interface ModelInput {
  width: number;
  height: number;
  mean: readonly [number, number, number];
  deviation: readonly [number, number, number];
}

/** Where patches lie in the image, in pixels of the network's input: see PatchGrid of worker/api/analysis.ts. */
export interface PatchPlaces {
  stride: number;
  origin: number;
}

/** One network, one stage of it, whole and on this machine. */
export interface Model {
  /** How the label file names it: `id@hash8`, with the stage or tensor where one was chosen: `id#layer3@hash8`. */
  reference: string;
  /** SHA-256 of the model file; part of every cache key. */
  hash: string;
  /** Absolute path of an ONNX file. */
  file: string;
  input: ModelInput;
  /** Name of the output that holds the patches; found by its shape when absent. */
  output?: string | undefined;
  /** Unknown for a user's own file. */
  patches?: PatchPlaces | undefined;
  /** Leading tokens of a 3-D output that are no patches (class and register tokens); found from the grid when absent. */
  prefixTokens?: number | undefined;
  /**
   * Patches are not averaged over 3×3: the file does that itself (several stages: each before it is enlarged, as PatchCore does), or the
   * paper does not (the last stage, Table 4).
   */
  skipsPooling?: boolean | undefined;
}
