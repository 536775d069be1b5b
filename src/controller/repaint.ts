import { type Implementation, implement } from '../api/action.ts';
import { watchRepaint } from '../node/facts/schema.ts';
import { followKernelMessages } from '../system/kernel-messages.ts';
import { aborted } from './facts/hub.ts';

/** Kernel messages come in bursts: one repaint is enough for those that come together. */
const GATHER_MILLISECONDS = 300;

/** Tells consoles that the kernel wrote over them. The kernel's messages are read only while a console wants to know. */
export class Repaint {
  readonly #log: (text: string) => void;
  readonly #watchers = new Set<() => void>();
  #stop: (() => void) | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(log: (text: string) => void) {
    this.#log = log;
  }

  watch(repaint: () => void): () => void {
    this.#stop ??= followKernelMessages(() => this.#shown(), this.#log);
    this.#watchers.add(repaint);
    return () => {
      this.#watchers.delete(repaint);
      if (this.#watchers.size > 0) return;
      this.#stop?.();
      this.#stop = undefined;
    };
  }

  #shown(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      for (const repaint of this.#watchers) repaint();
    }, GATHER_MILLISECONDS);
  }
}

export const repaintActions = (repaint: Repaint): Implementation[] => [
  implement(watchRepaint, async (_input, run) => {
    const unwatch = repaint.watch(() => run.emit({ reason: 'kernel message' }));
    await aborted(run.signal);
    unwatch();
  }),
];
