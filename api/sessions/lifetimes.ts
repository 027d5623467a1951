/** How long a token is good; after that the refresh cookie gets another. */
export const accessTokenSeconds = 15 * 60
/** A shift: how long a session of staff lasts without being refreshed, so that a borrowed tablet closes overnight. */
export const staffSessionSeconds = 8 * 60 * 60
/** How long a phone stays signed in without being used; its keys outlive that. */
export const customerSessionSeconds = 30 * 24 * 60 * 60
/** However often they are refreshed, sessions end after this. */
export const staffSessionSecondsMax = 30 * 24 * 60 * 60
export const customerSessionSecondsMax = 365 * 24 * 60 * 60

/** When a token that is made `now` ends: with its session at the latest. */
export function tokenEnd(now: Date, sessionEnd: Date): Date {
  return new Date(Math.min(now.getTime() + accessTokenSeconds * 1000, sessionEnd.getTime()))
}

/** When a session ends that is refreshed `now`. */
export function sessionEnd(kind: 'staff' | 'customer', { now, begun }: { now: Date; begun: Date }): Date {
  const [idle, max] =
    kind === 'staff'
      ? [staffSessionSeconds, staffSessionSecondsMax]
      : [customerSessionSeconds, customerSessionSecondsMax]
  return new Date(Math.min(now.getTime() + idle * 1000, begun.getTime() + max * 1000))
}
