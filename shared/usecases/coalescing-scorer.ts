import { invariant } from '../kernel/errors.ts'
import type { LoadScorer, Scorer } from '../registry/scorer.ts'

/** Has something done when the work at hand is done, without a pause: `setImmediate` of Node. */
export type Defer = (work: () => void) => void

/** Makes scorers that answer questions asked at one time by one run, see {@link coalescingScorer}. */
export function coalescing(load: LoadScorer, defer: Defer): LoadScorer {
  return async (onnx, nFeatures) => coalescingScorer(await load(onnx, nFeatures), nFeatures, defer)
}

/** Rows that one run takes at most, so that nobody waits for all; a question of more rows runs alone. */
const MOST_ROWS = 256

interface Question {
  features: Float32Array
  nRows: number
  resolve(probabilities: Float32Array): void
  reject(reason: unknown): void
}

/**
 * A {@link Scorer} that gathers questions until the work at hand is done and asks the one beneath about all of their rows
 * at once, since a run costs far more than a row. Runs follow one another, never two at a time.
 *
 * Each question gets what it would get alone, failures included: where a joint run fails, each is run by itself. What is
 * asked about must not change before it is answered.
 */
export function coalescingScorer(scorer: Scorer, nFeatures: number, defer: Defer): Scorer {
  const waiting: Question[] = []
  let running: Promise<void> | undefined

  function begin(): void {
    // The promise exists from the first question on, so that whoever releases waits for its answer.
    running ??= new Promise<void>((resolve) => defer(resolve)).then(runAll)
  }

  async function runAll(): Promise<void> {
    while (waiting.length > 0) await runTogether(scorer, nFeatures, waiting.splice(0, questionsOfOneRun(waiting)))
    running = undefined
  }

  return {
    score(features, nRows) {
      return new Promise((resolve, reject) => {
        const { length } = features
        invariant(length === nRows * nFeatures, `${length} values for ${nRows} rows of ${nFeatures} features`)
        waiting.push({ features, nRows, resolve, reject })
        begin()
      })
    },
    async release() {
      await running
      await scorer.release()
    },
  }
}

/** How many of the questions fit one run, at least one. */
function questionsOfOneRun(waiting: readonly Question[]): number {
  let rows = 0
  for (const [i, { nRows }] of waiting.entries()) {
    rows += nRows
    if (rows > MOST_ROWS && i > 0) return i
  }
  return waiting.length
}

async function runTogether(scorer: Scorer, nFeatures: number, questions: readonly Question[]): Promise<void> {
  const [only] = questions
  if (only !== undefined && questions.length === 1) return runAlone(scorer, only)
  const nRows = questions.reduce((sum, question) => sum + question.nRows, 0)
  const features = new Float32Array(nRows * nFeatures)
  let at = 0
  for (const question of questions) {
    features.set(question.features, at)
    at += question.features.length
  }
  let probabilities: Float32Array
  try {
    probabilities = await scorer.score(features, nRows)
  } catch {
    // One question may be what broke it; asked again alone, each fails or succeeds for itself.
    for (const question of questions) await runAlone(scorer, question)
    return
  }
  let row = 0
  for (const question of questions) {
    question.resolve(probabilities.subarray(row, row + question.nRows))
    row += question.nRows
  }
}

async function runAlone(scorer: Scorer, { features, nRows, resolve, reject }: Question): Promise<void> {
  try {
    resolve(await scorer.score(features, nRows))
  } catch (thrown) {
    reject(thrown)
  }
}
