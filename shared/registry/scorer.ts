/** Runs a model: the port between what a model version is and what executes it. */
export interface Scorer {
  /**
   * Win probabilities of rows.
   *
   * @param features  row-major, [nRows, nFeatures], NaN where missing
   * @returns         [nRows], each in (0, 1); NaN where the price is missing
   */
  score(features: Float32Array, nRows: number): Promise<Float32Array>
  /** Frees the model's memory; it cannot score after. */
  release(): Promise<void>
}

/** Makes a {@link Scorer} from the bytes of an ONNX file. @throws {UpstreamError} where they are no model that runs */
export type LoadScorer = (onnx: Uint8Array, nFeatures: number) => Promise<Scorer>
