import type { Assessment } from '../../shared/performance/assessment.ts'
import type { EvaluationReport } from '../../shared/usecases/evaluate-model.ts'
import { intervalText } from './model-figures.ts'

/** What the evaluation comes to, in a sentence. */
export function verdictSentence({ verdict, pooled }: EvaluationReport): string {
  const { mean, low, high, clusters } = pooled.scores.modelMinusRecalibrated
  const interval = `95 % ${intervalText({ low, high }, 5)}, ${clusters} days`
  const figures = `over all test bets its log loss less that of the recalibrated price is ${mean.toFixed(5)} (${interval})`
  if (verdict === 'proven') return `The model beats the recalibrated price: ${figures}.`
  return low > 0
    ? `The model is worse than the recalibrated price: ${figures}.`
    : `Nothing shows that the model beats the recalibrated price: ${figures}, and zero is not ruled out.`
}

/** The encompassing test in words. */
export function encompassingWords(encompassing: Assessment['encompassing']): string {
  if (encompassing === undefined) return 'It cannot be told: too few days, or one outcome only.'
  if (encompassing.kind === 'collinear') {
    return encompassing.reason === 'model_restates_reference'
      ? 'No: the model says what the price says, in other numbers.'
      : 'It cannot be told: the price is the same for all bets.'
  }
  const { model, reference, modelAdds } = encompassing
  const weight = `weight ${model.value.toFixed(2)} (95 % ${intervalText(model, 2)})`
  if (modelAdds) {
    const rest =
      reference.low > 0 ? ', and the price adds to the model' : ', and nothing shows that the price adds to it'
    return `Yes: beside the recalibrated price the model has ${weight}${rest}.`
  }
  return model.high < 0
    ? `No: beside the recalibrated price the model has ${weight}: it points the wrong way.`
    : `Not proven: beside the recalibrated price the model has ${weight}, and zero is not ruled out.`
}
