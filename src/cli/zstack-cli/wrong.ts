/** What is wrong with a call, in one line: nothing was sent. */
export class Wrong extends Error {}
