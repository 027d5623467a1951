declare const TALLYSTICK_PRECACHE: readonly string[]
console.log(TALLYSTICK_PRECACHE)
