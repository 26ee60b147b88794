/** How many of a market's next bets, won or lost, a forecast is about. */
export const HORIZON_BETS = 30
