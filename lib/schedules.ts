import { alertPayloadSchema } from '../shared/config/alert-payload.ts'
import { driftPayloadSchema } from '../shared/config/drift-payload.ts'
import { pipelinePayloadSchema } from '../shared/config/pipeline-payload.ts'
import type { FunctionName } from '../shared/config/stage.ts'
import { trainingPayloadSchema } from '../shared/config/training-payload.ts'

/** Fields of a cron expression; those that are not named are every. */
export interface Moment {
  minute: string
  hour?: string
  weekDay?: string
}

/** Something that is done again and again. */
export interface Timetable {
  name: string
  function: FunctionName
  description: string
  /** In the stage's time zone. */
  at: Moment
  /** Within so many minutes after the moment; 0 for at it. */
  withinMinutes: number
  /** After so many minutes a try that failed is not repeated: by then the next one is near. */
  patienceMinutes: number
  payload: Readonly<Record<string, unknown>>
}

const HOURLY = { withinMinutes: 5, patienceMinutes: 30 }
const NIGHTLY = { withinMinutes: 10, patienceMinutes: 120 }

/**
 * What runs when. The pipeline keeps clear of what begins at full hours; training begins when the pipeline of that hour
 * has had its fifteen minutes, and has ended when the reference for drift is made anew.
 */
export const TIMETABLES: readonly Timetable[] = [
  {
    ...{ name: 'pipeline', function: 'pipeline', at: { minute: '20' }, ...HOURLY },
    description: 'New and changed bets, and features of them',
    payload: pipelinePayloadSchema.parse({ task: 'pipeline', trigger: 'schedule pipeline' }),
  },
  {
    ...{ name: 'features', function: 'pipeline', at: { minute: '0', hour: '1' }, ...NIGHTLY },
    description: 'Features of all bets anew',
    payload: pipelinePayloadSchema.parse({ task: 'features', trigger: 'schedule features' }),
  },
  {
    ...{ name: 'drift', function: 'drift', at: { minute: '0', hour: '2' }, ...NIGHTLY },
    description: 'Whether the bets of late are like those that the model was trained on',
    payload: driftPayloadSchema.parse({ task: 'check', trigger: 'schedule drift' }),
  },
  {
    ...{ name: 'training', function: 'training', at: { minute: '40', hour: '2', weekDay: 'SUN' }, ...NIGHTLY },
    ...{ withinMinutes: 0, description: 'New models, a week after the last' },
    payload: trainingPayloadSchema.parse({ rule: 'schedule', reason: 'the weekly schedule' }),
  },
  {
    ...{ name: 'baseline', function: 'drift', at: { minute: '0', hour: '3', weekDay: 'SUN' }, ...NIGHTLY },
    description: 'What drift is measured against, anew',
    payload: driftPayloadSchema.parse({ task: 'baseline', trigger: 'schedule baseline' }),
  },
  {
    ...{ name: 'flush', function: 'alert', at: { minute: '0/5' }, withinMinutes: 0, patienceMinutes: 5 },
    description: 'Messages that wait: digests, and those of quiet hours',
    payload: alertPayloadSchema.parse({ task: 'flush', trigger: 'schedule flush' }),
  },
]
