import { type Connection, reference } from '../../src/api/client.ts';
import { Fault } from '../../src/api/fault.ts';
import { say } from '../../src/api/words.ts';
import type { Vm } from '../../src/node/facts/schema.ts';
import type { openLine, takeLine, typeLine } from '../../src/node/vm-screen/schema.ts';
import { message } from '../../src/tui/message.ts';
import type { Page, Stage } from '../../src/tui/page.ts';
import { span } from '../../src/tui/text.ts';
import type { Context } from '../context.ts';
import { GuestText } from './guest-text.ts';

const OPEN = reference<typeof openLine>('vm.openLine');
const TAKE = reference<typeof takeLine>('vm.takeLine');
const TYPE = reference<typeof typeLine>('vm.typeLine');

/** Ctrl+]: leaves it. */
const LEAVE = 0x1d;

const WAIT = say('Opening the text console', '正在打开文本控制台');
const CANCEL = say('Cancel', '取消');

/** The serial line of a guest on the whole terminal, until Ctrl+] or its end; then what was there before. */
export function textConsole(context: Context, { uuid, name }: Vm): Page {
  const title = say(name, name);
  const over = new AbortController();
  const page: Page = {
    kind: 'screen',
    title,
    draw: (_, look) => ({ lines: [[span(look.say(WAIT))]] }),
    bindings: () => [{ keys: ['escape'], label: CANCEL, help: CANCEL, run: () => over.abort() }],
    opened(stage) {
      void joined(context.controller(), stage, { uuid, over })
        .then(() => stage.close(page))
        .catch((thrown) => {
          stage.close(page);
          stage.open(message({ title, lines: [Fault.from(thrown).words], danger: true }));
        });
    },
    closed: () => over.abort(),
  };
  return page;
}

interface Going {
  readonly uuid: string;
  /** Ends it, from whichever side. */
  readonly over: AbortController;
}

/** Settles when it is left or has ended. Throws the fault of its beginning. */
async function joined(controller: Connection, stage: Stage, { uuid, over }: Going): Promise<void> {
  let lent: Promise<void> | undefined;
  const { signal } = over;
  const ended = controller.call(
    OPEN,
    { vm: uuid.replaceAll('-', '') },
    {
      signal,
      onItem: ({ name, line }) => {
        lent = shown(controller, stage, { name, line, over });
      },
    },
  );
  try {
    await ended;
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
  } finally {
    over.abort();
    await lent;
  }
}

/** Keys to the guest, and what it says to the terminal. */
async function shown(
  controller: Connection,
  stage: Stage,
  { name, line, over }: { name: string; line: string; over: AbortController },
): Promise<void> {
  const { signal } = over;
  const type = (bytes: Buffer) => {
    const at = bytes.indexOf(LEAVE);
    const keys = at < 0 ? bytes : bytes.subarray(0, at);
    if (keys.length > 0)
      controller.call(TYPE, { line, keys: keys.toString('base64') }).catch(() => over.abort());
    if (at >= 0) over.abort();
  };
  const text = new GuestText();
  await stage.lend(type, async (write) => {
    await write(Buffer.from(`${stage.look.say(leaveWords(name))}\r\n`));
    while (!signal.aborted) {
      const { bytes } = await controller.call(TAKE, { line }, { signal }).catch(() => ({ bytes: '' }));
      if (bytes === '') return;
      await write(text.pass(Buffer.from(bytes, 'base64')));
    }
  });
}

const leaveWords = (name: string) =>
  say(
    `${name}: Ctrl+] leaves; where nothing shows, press Enter`,
    `${name}：按 Ctrl+] 离开；没有显示时请按回车`,
  );
