/** Of the API. */
export const purchasesPath = '/v1/purchases'
/** Answered by the bench's servers only; see `ceiling.ts`. */
export const ceilingPath = '/v1/bench-ceiling'
