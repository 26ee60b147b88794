import * as z from 'zod'

/** XGBoost writes its parameters as strings. */
const wholeNumber = z
  .string()
  .regex(/^\d{1,9}$/, 'must be a whole number in a string')
  .transform(Number)

const index = z.int()
/** Booleans before XGBoost 1.3, 0 or 1 since. */
const flag = z.union([z.boolean(), z.literal([0, 1])]).transform(Number)

const tree = z.object({
  tree_param: z.object({ num_nodes: wholeNumber, size_leaf_vector: wholeNumber.optional() }),
  left_children: z.array(index),
  right_children: z.array(index),
  split_indices: z.array(index),
  // Null where the file has NaN, as in a split on categories.
  split_conditions: z.array(z.number().nullable()),
  default_left: z.array(flag),
  loss_changes: z.array(z.number()),
  sum_hessian: z.array(z.number()),
  split_type: z.array(z.int()).optional(),
  categories_nodes: z.array(z.int()).optional(),
})
export type XgboostTree = z.infer<typeof tree>

const treeBooster = z.object({
  name: z.literal('gbtree'),
  model: z.object({
    gbtree_model_param: z.object({ num_trees: wholeNumber, num_parallel_tree: wholeNumber.optional() }),
    tree_info: z.array(index),
    trees: z.array(tree),
  }),
})

const dropoutBooster = z.object({ name: z.literal('dart'), gbtree: treeBooster, weight_drop: z.array(z.number()) })

/** The part of any XGBoost file that says what it is, looked at before the rest. */
export const xgboostKindSchema = z.object({
  learner: z.object({
    gradient_booster: z.object({ name: z.string() }),
    objective: z.object({ name: z.string() }),
  }),
})

/** A model saved by XGBoost 1.0 or later with boosted trees; fields that decide nothing are left aside. */
export const xgboostSchema = z.object({
  version: z.array(z.int()).min(1),
  learner: z.object({
    attributes: z.record(z.string(), z.string()).optional(),
    feature_names: z.array(z.string()).optional(),
    gradient_booster: z.discriminatedUnion('name', [treeBooster, dropoutBooster]),
    learner_model_param: z.object({
      base_score: z.string(),
      num_class: wholeNumber,
      num_feature: wholeNumber,
      num_target: wholeNumber.optional(),
    }),
  }),
})
export type XgboostFile = z.infer<typeof xgboostSchema>
