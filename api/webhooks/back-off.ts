/** An endpoint that fails longer than this is paused. */
export const failingMaxSeconds = 3 * 24 * 60 * 60

const waitsSeconds = [5, 30, 120, 300, 900, 1800, 3600]

/** When to try again after so many failed attempts in a row (1: the first): soon at first, then every hour. */
export function nextAttempt(now: Date, failedAttempts: number): Date {
  const seconds = waitsSeconds[Math.min(failedAttempts, waitsSeconds.length) - 1] ?? 0
  return new Date(now.getTime() + seconds * 1000)
}

/** Whether it has failed for so long that trying on makes no sense. */
export function isHopeless(now: Date, failingSince: Date): boolean {
  return now.getTime() - failingSince.getTime() >= failingMaxSeconds * 1000
}
