/** Name of the output of an ROI head's file: expected net return per unit staked, 0.05 being 5 %. Its input is a model's. */
export const ROI_OUTPUT = 'expected_return'
