/** Names of the tensors of every model that is served. */
export const MODEL_INPUT = 'features'
export const MODEL_OUTPUT = 'win_probability'
