import { type Connection, reference } from '../src/api/client.ts';
import { Fault } from '../src/api/fault.ts';
import type { Places } from '../src/api/places.ts';
import type { ClientHello } from '../src/api/wire.ts';
import { type Lang, say, type Words } from '../src/api/words.ts';
import type { Facts } from '../src/node/facts/schema.ts';
import type { openShell } from '../src/node/terminal/schema.ts';
import type { Stage } from '../src/tui/page.ts';
import type { Context } from './context.ts';
import { recordFlight } from './line/flight.ts';
import { chosenPicture } from './line/picture.ts';
import { withGuard } from './link/guard-link.ts';
import { NodeLink } from './link/node-link.ts';
import type { Note } from './link/noted.ts';
import { ownName } from './link/own-name.ts';
import { emptyModel, roleOf } from './main/model.ts';

const OPEN_SHELL = reference<typeof openShell>('terminal.openShell');

/** How long the first picture waits for the controller's figures. */
const FIRST_FIGURES_MILLISECONDS = 250;

export interface ConsoleOptions {
  places: Places;
  /** It cannot be left by a key. */
  stay: boolean;
  lang?: Lang;
  /** What the line takes; undefined: not known. */
  bytesPerSecond: number | undefined;
}

/** Starts the console: joins the controller, loads the frame meanwhile, and shows the main screen. */
export async function startConsole(options: ConsoleOptions): Promise<void> {
  const { places, stay } = options;
  const model = { ...emptyModel(), self: ownName(places.config) };
  const hello: ClientHello = {
    program: 'console',
    line: '-',
    version: process.env.ZS_VERSION ?? 'development',
  };
  const flight = recordFlight(places.console, hello.version);
  const note: Note = (event) => flight.note(event);
  let stage: Stage | undefined;
  let figuresCame: () => void = () => {};
  const figures = new Promise<void>((resolve) => {
    figuresCame = resolve;
  });
  const factListeners = new Set<() => void>();
  const link = new NodeLink({
    socketPath: places.controllerSocket,
    lastWordsPath: places.controllerLastWords,
    hello,
    model,
    changed(sections) {
      followZone(sections);
      figuresCame();
      for (const listener of factListeners) listener();
      stage?.refresh();
    },
    second: () => stage?.refresh(),
    repaint: () => stage?.repaint(),
    note,
  });
  link.start();
  // Loads the frame while the controller answers.
  const [{ mainPage }, frame] = await Promise.all([import('./main/page.ts'), loadFrame()]);
  await Promise.race([figures, new Promise((resolve) => setTimeout(resolve, FIRST_FIGURES_MILLISECONDS))]);
  stage = openStage(frame, options, note);
  const context = contextOf(
    stage,
    model,
    link,
    (use) => withGuard(places.guardSocket, hello, note, use),
    factListeners,
  );
  stage.open(
    mainPage({
      model,
      configure: () => configure(context),
      power: () => power(context),
      shell: () => void shell(context),
      ...(stay ? {} : { leave: () => context.stage.quit(0) }),
    }),
  );
}

async function loadFrame() {
  const [{ createStage }, { guardProcess }] = await Promise.all([
    import('../src/tui/stage.ts'),
    import('../src/tui/signals.ts'),
  ]);
  return { createStage, guardProcess };
}

function openStage(
  { createStage, guardProcess }: Awaited<ReturnType<typeof loadFrame>>,
  { lang, bytesPerSecond, places }: ConsoleOptions,
  record: Note,
): Stage {
  const picture = chosenPicture(places.console);
  try {
    const stage = createStage({
      input: process.stdin,
      output: process.stdout,
      env: process.env,
      bytesPerSecond,
      plain: picture.isPlain(),
      record,
      pictureChosen: (plain) => picture.keep(plain),
      ...(lang === undefined ? {} : { lang }),
    });
    guardProcess(stage);
    return stage;
  } catch (thrown) {
    const { words, next } = Fault.from(thrown);
    process.stderr.write(`zs-console: ${words.en}${next === undefined ? '' : `\n${next.en}`}\n`);
    process.exit(1);
  }
}

function contextOf(
  stage: Stage,
  model: Context['model'],
  link: NodeLink,
  guard: Context['guard'],
  factListeners: Set<() => void>,
): Context {
  const keyListeners = new Set<() => void>();
  stage.onKey(() => {
    for (const listener of keyListeners) listener();
  });
  return {
    stage,
    model,
    role: () => roleOf(model),
    controller: (): Connection => link.connection(),
    guard,
    onKey: (listener) => subscribe(keyListeners, listener),
    onFacts: (listener) => subscribe(factListeners, listener),
  };
}

function subscribe(listeners: Set<() => void>, listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

async function configure(context: Context): Promise<void> {
  const [{ askAccess }, { configurationMenu }] = await Promise.all([
    import('./access/access.ts'),
    import('./menu/page.ts'),
  ]);
  const purpose = say('System Configuration', '系统配置');
  await askAccess(context, 'configuration', purpose, (access) =>
    context.stage.open(configurationMenu(context, access)),
  );
}

async function power(context: Context): Promise<void> {
  const [{ askAccess }, { openPower }] = await Promise.all([
    import('./access/access.ts'),
    import('./power/power.ts'),
  ]);
  const purpose = say('Reboot or power off', '重启或关机');
  await askAccess(context, 'power', purpose, (access) => void openPower(context, access));
}

async function shell(context: Context): Promise<void> {
  try {
    await context.controller().call(OPEN_SHELL, {});
  } catch (thrown) {
    const { kind, words } = Fault.from(thrown);
    context.stage.notice(kind === 'unavailable' ? withKernelsOwnKey(words) : words, 'warn');
  }
}

/** The kernel turns terminals whether the controller answers or not. */
const withKernelsOwnKey = ({ en, zh }: Words): Words =>
  say(`${en}; at the machine Ctrl+Alt+F2 leads to the shell`, `${zh}；在本机按 Ctrl+Alt+F2 进入命令行`);

/** The console's clock is the machine's: a zone that is changed holds at once. */
function followZone(sections: Partial<Facts>): void {
  const zone = sections.clock?.zone;
  if (zone !== undefined && process.env.TZ !== zone) process.env.TZ = zone;
}
