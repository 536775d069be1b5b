import { Fault } from '../../api/fault.ts';
import { say, type Words } from '../../api/words.ts';

export interface AskOptions {
  /** Milliseconds. */
  timeout: number;
  what: Words;
  signal?: AbortSignal | undefined;
  /** Why there is nobody to be asked any more. */
  lost(): Fault | undefined;
  /** Calls back when it is worth asking again; answers how to stop that. */
  onSignal(listener: () => void): () => void;
}

/** What is not told by a signal (the kernel's and the switch's side) is seen at the next of these. */
const EVERY = 1000;

/** Asks at every signal and once a second, one question at a time, until the answer is something. */
export function askUntil<T>(ask: () => Promise<T | undefined>, options: AskOptions): Promise<T> {
  const { timeout, signal } = options;
  return new Promise<T>((resolve, reject) => {
    let asking = false;
    let again = false;
    const end = (settle: () => void) => {
      stopListening();
      clearInterval(ticker);
      clearTimeout(timer);
      signal?.removeEventListener('abort', aborted);
      settle();
    };
    const question = async (): Promise<void> => {
      const lost = options.lost();
      if (lost !== undefined) throw lost;
      const answer = await ask();
      if (answer !== undefined) end(() => resolve(answer));
    };
    const look = async (): Promise<void> => {
      again = asking;
      if (asking) return;
      asking = true;
      await question().catch((thrown) => end(() => reject(thrown)));
      asking = false;
      if (again) await look();
    };
    const aborted = () => end(() => reject(signal?.reason));
    const stopListening = options.onSignal(() => void look());
    const ticker = setInterval(() => void look(), EVERY);
    const timer = setTimeout(() => end(() => reject(tooLate(options))), timeout);
    signal?.addEventListener('abort', aborted);
    if (signal?.aborted) aborted();
    else void look();
  });
}

const tooLate = ({ what, timeout }: AskOptions): Fault =>
  new Fault(
    'timeout',
    say(`${what.en}: not within ${timeout / 1000} s`, `${what.zh}：${timeout / 1000} 秒内未完成`),
  );
