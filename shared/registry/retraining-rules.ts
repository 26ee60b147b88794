import type { RetrainingOutcome, RetrainingRule } from './retraining-record.ts'

const DAY_MS = 86_400_000

/** A drift report older than this says nothing of today, days. */
export const REPORT_DAYS = 3

/** Models that were learned longer ago than this are learned anew, days: the weekly schedule has then failed to. */
export const OLDEST_MODEL_DAYS = 30

/** Days that every training keeps the next one away, and the most that they grow to. */
export const COOL_DOWN_DAYS = 3
export const LONGEST_COOL_DOWN_DAYS = 48

/** A training that has ended. */
export interface PastTraining {
  rule: RetrainingRule
  outcome: RetrainingOutcome
  atMs: number
  /** The bets that it looked at; null where it did not come so far. */
  ledgerSha256: string | null
}

/** All that the decision rests on. */
export interface RetrainingSituation {
  nowMs: number
  /** The version that serves; null where none does. */
  modelVersion: string | null
  /** What its served predictions came to; undefined where none has been judged. */
  decay: { evidence: number; threshold: number; outcomes: number } | undefined
  /** The newest drift check; undefined where there is none. */
  drift: { atMs: number; requiresRetraining: boolean; reason: string } | undefined
  /** When anything was learned last; null where nothing ever was. */
  learnedAtMs: number | null
  /** The bets that are there to be learned from; null where there are none. */
  ledgerSha256: string | null
  /** Bets that models were learned from last. */
  learnedLedgerSha256: string | null
  /** What the quality gate says; it does not bind a ledger that is itself simulated, whose flaws are put in on purpose. */
  quality: { passed: boolean; failed: readonly string[]; isBinding: boolean }
  /** A training that was asked for and is not over. */
  open: { requestId: string; rule: RetrainingRule } | undefined
  /** The latest first. */
  past: readonly PastTraining[]
}

/** What one rule says of a situation. */
export interface RuleFinding {
  name: string
  /** Of a rule: that it asks for training. Of a hold: that it forbids it. */
  applies: boolean
  sentence: string
}

type Rule = { name: string; look: (situation: RetrainingSituation) => Omit<RuleFinding, 'name'> }

/** What asks for training, the gravest reason first. */
export const RETRAINING_TABLE: readonly (Rule & { name: RetrainingRule })[] = [
  { name: 'decay', look: decayRule },
  { name: 'drift', look: driftRule },
  { name: 'age', look: ageRule },
]

/** What forbids it, whatever asks. */
export const HOLD_TABLE: readonly Rule[] = [
  { name: 'no_bets', look: noBetsHold },
  { name: 'request_open', look: openHold },
  { name: 'quality_gate', look: qualityHold },
  { name: 'unchanged', look: unchangedHold },
  { name: 'cool_down', look: coolDownHold },
]

/** Whether to train, and everything that was looked at. */
export interface RetrainingVerdict {
  /** `request`: train; `hold`: a rule asks and a hold forbids it; `none`: no rule asks. */
  decision: 'request' | 'hold' | 'none'
  /** The rule that asks, the gravest of them; null where none does. */
  rule: RetrainingRule | null
  /** In one sentence. */
  reason: string
  rules: RuleFinding[]
  holds: RuleFinding[]
}

/** Applies {@link RETRAINING_TABLE} and {@link HOLD_TABLE} to a situation. */
export function judgeRetraining(situation: RetrainingSituation): RetrainingVerdict {
  const rules = RETRAINING_TABLE.map(({ name, look }) => ({ name, ...look(situation) }))
  const holds = HOLD_TABLE.map(({ name, look }) => ({ name, ...look(situation) }))
  const asking = rules.filter(({ applies }) => applies)
  const rule = asking[0]
  if (rule === undefined) {
    return { decision: 'none', rule: null, reason: rules.map(({ sentence }) => sentence).join('; '), rules, holds }
  }
  const reason = asking.map(({ sentence }) => sentence).join('; ')
  const forbidding = holds.filter(({ applies }) => applies)
  if (forbidding.length === 0) return { decision: 'request', rule: rule.name, reason, rules, holds }
  const held = `${reason}; but ${forbidding.map(({ sentence }) => sentence).join('; ')}`
  return { decision: 'hold', rule: rule.name, reason: held, rules, holds }
}

function decayRule({ modelVersion, decay }: RetrainingSituation): Omit<RuleFinding, 'name'> {
  if (modelVersion === null) return { applies: false, sentence: 'no model serves' }
  if (decay === undefined) return { applies: false, sentence: `no bet that ${modelVersion} was served for is settled` }
  const { evidence, threshold, outcomes } = decay
  const applies = evidence >= threshold
  const figures = `evidence ${readable(evidence)} on ${outcomes} settled bets, ${readable(threshold)} proves it`
  return { applies, sentence: `decay of ${modelVersion} is ${applies ? 'proven' : 'not proven'}: ${figures}` }
}

function driftRule({ nowMs, drift }: RetrainingSituation): Omit<RuleFinding, 'name'> {
  if (drift === undefined) return { applies: false, sentence: 'no drift check has been made' }
  const days = (nowMs - drift.atMs) / DAY_MS
  if (!(days <= REPORT_DAYS)) {
    return { applies: false, sentence: `the newest drift check is ${days.toFixed(1)} days old: too old to go by` }
  }
  return { applies: drift.requiresRetraining, sentence: drift.reason }
}

function ageRule({ nowMs, learnedAtMs }: RetrainingSituation): Omit<RuleFinding, 'name'> {
  if (learnedAtMs === null) return { applies: true, sentence: 'no model has been learned yet' }
  const days = (nowMs - learnedAtMs) / DAY_MS
  return {
    applies: days >= OLDEST_MODEL_DAYS,
    sentence: `models were learned ${days.toFixed(1)} days ago, ${OLDEST_MODEL_DAYS} are too many`,
  }
}

function noBetsHold({ ledgerSha256 }: RetrainingSituation): Omit<RuleFinding, 'name'> {
  return ledgerSha256 === null
    ? { applies: true, sentence: 'the lake holds no features to learn from' }
    : { applies: false, sentence: 'there are bets to learn from' }
}

function openHold({ open }: RetrainingSituation): Omit<RuleFinding, 'name'> {
  return open === undefined
    ? { applies: false, sentence: 'no training is under way' }
    : { applies: true, sentence: `training was asked for already and is not over (${open.requestId}, ${open.rule})` }
}

function qualityHold({ quality: { passed, failed, isBinding } }: RetrainingSituation): Omit<RuleFinding, 'name'> {
  if (passed) return { applies: false, sentence: 'the bets pass the quality gate' }
  const sentence = `the bets fail the quality gate: ${failed.join(', ')}`
  return isBinding
    ? { applies: true, sentence }
    : { applies: false, sentence: `${sentence}; they are simulated, so it stops nothing` }
}

/** Learning is deterministic: the same bets give the same model. */
function unchangedHold({ ledgerSha256, learnedLedgerSha256, past }: RetrainingSituation): Omit<RuleFinding, 'name'> {
  const looked = past.find((training) => training.ledgerSha256 !== null)?.ledgerSha256
  const isSame = ledgerSha256 !== null && (ledgerSha256 === learnedLedgerSha256 || ledgerSha256 === looked)
  return isSame
    ? { applies: true, sentence: 'no bet has changed since the last training' }
    : { applies: false, sentence: 'bets have changed since the last training' }
}

function coolDownHold({ nowMs, past }: RetrainingSituation): Omit<RuleFinding, 'name'> {
  const untilMs = coolDownUntil(past)
  if (untilMs === null || nowMs >= untilMs) return { applies: false, sentence: 'no cool-down runs' }
  return { applies: true, sentence: `the last training cools down until ${new Date(untilMs).toISOString()}` }
}

/**
 * When a rule may ask for training again: {@link COOL_DOWN_DAYS} after any training, and after k in a row that rules asked
 * for and that put no other model into service COOL_DOWN_DAYS · 2^(k − 1), up to {@link LONGEST_COOL_DOWN_DAYS}. A reason
 * that training does not remove so asks ever more seldom.
 *
 * @param past  the latest first
 * @returns     milliseconds since 1970; null where nothing was ever trained
 */
export function coolDownUntil(past: readonly PastTraining[]): number | null {
  const last = past[0]
  if (last === undefined) return null
  const asked = past.filter(({ rule }) => RETRAINING_TABLE.some(({ name }) => name === rule))
  const promoted = asked.findIndex(({ outcome }) => outcome === 'promoted')
  const vain = promoted === -1 ? asked : asked.slice(0, promoted)
  const ofAny = last.atMs + COOL_DOWN_DAYS * DAY_MS
  const lastVain = vain[0]
  if (lastVain === undefined) return ofAny
  const days = Math.min(LONGEST_COOL_DOWN_DAYS, COOL_DOWN_DAYS * 2 ** (vain.length - 1))
  return Math.max(ofAny, lastVain.atMs + days * DAY_MS)
}

/** Evidence multiplies: its size matters, not its digits. */
function readable(evidence: number): string {
  return evidence >= 1e6 || (evidence > 0 && evidence < 0.01) ? evidence.toExponential(1) : evidence.toFixed(2)
}
