/** Runs one work after another, in the order they came, whatever becomes of them. */
export type Serial = <T>(work: () => Promise<T>) => Promise<T>;

/** A queue of its own. */
export function serial(): Serial {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  };
}

/** Work that serves all who ask: those who come while it is being done share the next time, which begins after they came. */
export function shared(work: () => Promise<void>): () => Promise<void> {
  const inTurn = serial();
  let next: Promise<void> | undefined;
  return () => {
    next ??= inTurn(() => {
      next = undefined;
      return work();
    });
    return next;
  };
}

const files = new Map<string, Serial>();

/** What reads a file and writes it anew does so in turn with all others in this program that do. */
export function inTurn<T>(path: string, work: () => Promise<T>): Promise<T> {
  const queue = files.get(path) ?? serial();
  files.set(path, queue);
  return queue(work);
}
