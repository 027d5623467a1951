import { Logger } from 'graphile-worker'

/** The queue's own talk: what fails is told by the tasks themselves. */
export const quietLogger = new Logger(() => () => {})
