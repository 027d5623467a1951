export const purchasesPath = '/v1/purchases'
/** Answered in the bench's servers only; see ceiling.ts. */
export const ceilingPath = '/v1/bench-ceiling'
