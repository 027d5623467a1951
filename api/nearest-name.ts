/** Of `names` the one that `misspelt` was most likely meant to be; undefined when none is anywhere near. */
export function nearestName(misspelt: string, names: readonly string[]): string | undefined {
  const [nearest] = names
    .map((name) => ({ name, distance: distanceOf(misspelt, name) }))
    .filter(({ name, distance }) => distance <= name.length / 3)
    .toSorted((one, other) => one.distance - other.distance)
  return nearest?.name
}

/** How many letters must be put in, left out or replaced to make one of the other (Levenshtein). */
function distanceOf(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (const [i, letter] of [...one].entries()) {
    const next = [i + 1]
    for (const [j, wanted] of [...other].entries()) {
      next.push(Math.min(row[j + 1]! + 1, next[j]! + 1, row[j]! + (letter === wanted ? 0 : 1)))
    }
    row = next
  }
  return row[other.length]!
}
