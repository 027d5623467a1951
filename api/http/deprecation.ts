/** A route that is to go: what `docs/changelog.md` promises of it. Days are `YYYY-MM-DD`, UTC. */
export interface Deprecation {
  readonly since: string
  /** Until when it may be relied on: 12 months after `since` or later. */
  readonly sunset: string
  /** Where to read what to use instead. */
  readonly link: string
}

const monthsMin = 12

/** Throws for a route that would go sooner than was promised: nobody may declare that. */
export function assertPromised({ since, sunset }: Deprecation): void {
  const soonest = startOf(since)
  soonest.setUTCMonth(soonest.getUTCMonth() + monthsMin)
  if (!(startOf(sunset) >= soonest)) {
    throw new Error(`what is deprecated since ${since} works for ${monthsMin} months; ${sunset} is too soon`)
  }
}

/** What every answer of such a route carries: `Deprecation` (RFC 9745), `Sunset` (RFC 8594), and links to read. */
export function deprecationHeaders({ since, sunset, link }: Deprecation): Record<string, string> {
  return {
    // A structured date: seconds since 1970 (RFC 9651 section 3.3.7).
    Deprecation: `@${startOf(since).getTime() / 1000}`,
    Sunset: startOf(sunset).toUTCString(),
    Link: `<${link}>; rel="deprecation"; type="text/html", <${link}>; rel="sunset"; type="text/html"`,
  }
}

/** The same for readers of the document. */
export function describeDeprecation({ since, sunset, link }: Deprecation): string {
  return `Deprecated since ${since}; it ends on ${sunset}. What to use instead: ${link}`
}

function startOf(day: string): Date {
  return new Date(`${day}T00:00:00Z`)
}
