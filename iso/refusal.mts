/** Why no image is made, in lines for the person who asked for one. */
export class Refusal extends Error {
  readonly lines: readonly string[];

  constructor(lines: readonly string[]) {
    super(lines.join('\n'));
    this.lines = lines;
  }
}

/** Refuses with one line. */
export function refuse(line: string): never {
  throw new Refusal([line]);
}
