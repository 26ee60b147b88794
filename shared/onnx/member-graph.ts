import type { ColumnScore, LinearScore, Member } from '../blend/blend.ts'
import { FOREST_FLOOR } from '../blend/blend.ts'
import { invariant } from '../kernel/errors.ts'
import type { TreeEnsemble } from '../trees/ensemble.ts'
import type { GraphBuilder } from './graph-builder.ts'
import { addTreeScores } from './trees-graph.ts'

/** Adds a member's log-odds to a graph, [rows, 1]: the arithmetic of `memberScores`, operator for operator. */
export function addMember(graph: GraphBuilder, member: Member): string {
  switch (member.kind) {
    case 'column':
      return addColumnScore(graph, member.score)
    case 'linear':
      return addLinearScore(graph, member.score)
    case 'boosted':
      return graph.add('Add', [addColumnScore(graph, member.start), addSingleScore(graph, member.trees)])
    case 'forest':
      return addForestScore(graph, member.trees)
    case 'segments':
      return addSegments(graph, member)
  }
}

function addColumnScore(graph: GraphBuilder, { column, slope, intercept }: ColumnScore): string {
  const sloped = graph.add('Mul', [graph.columns([column]), graph.number(slope)])
  return graph.add('Add', [sloped, graph.number(intercept)])
}

function addLinearScore(graph: GraphBuilder, score: LinearScore): string {
  const { columns, means, scales, coefficients, intercept } = score
  if (columns.length === 0) return graph.everyRow([intercept])
  const values = graph.columns(columns)
  const offsets = graph.add('Sub', [values, graph.numbers(means)])
  const known = graph.add('Where', [graph.add('IsNaN', [values]), graph.number(0), offsets])
  const weights = coefficients.map((coefficient, j) => coefficient / (scales[j] as number))
  const sum = graph.add('MatMul', [known, graph.numbers(weights, [weights.length, 1])])
  return graph.add('Add', [sum, graph.number(intercept)])
}

function addForestScore(graph: GraphBuilder, trees: TreeEnsemble): string {
  const vote = addSingleScore(graph, trees)
  const p = graph.add('Clip', [vote, graph.number(FOREST_FLOOR), graph.number(1 - FOREST_FLOOR)])
  const q = graph.add('Sub', [graph.number(1), p])
  return graph.add('Sub', [graph.add('Log', [p]), graph.add('Log', [q])])
}

/** All cases are computed for every row and one is picked, so that NaN of the others goes no further. */
function addSegments(graph: GraphBuilder, { column, cases, fallback }: Extract<Member, { kind: 'segments' }>): string {
  const codes = graph.columns([column])
  return cases.reduceRight(
    (otherwise, { code, member }) => {
      const isCase = graph.add('Equal', [codes, graph.number(Math.fround(code))])
      return graph.add('Where', [isCase, addMember(graph, member), otherwise])
    },
    addMember(graph, fallback),
  )
}

function addSingleScore(graph: GraphBuilder, trees: TreeEnsemble): string {
  invariant(trees.nOutputs === 1, `a member of a blend has one output, not ${trees.nOutputs}`)
  return addTreeScores(graph, trees)
}
