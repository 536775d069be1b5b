import { fs, glob, path } from 'zx';
import { circles, type Import } from './import-circles.mts';
import { stranger, unneeded } from './import-rooms.mts';

/** Definitions of the resources and their APIs. */
const DEFINITIONS = /^src\/management\/resource\/(definitions|[^/]+\/(resource|session|states))\.ts$/;

/** Who may import from where: the first row that matches a file holds. Paths are relative to the project. */
const ROOMS: { files: RegExp; may: RegExp[]; why: string }[] = [
  {
    files: /^screens\//,
    may: [/^screens\//, /^src\/tui\//, /^src\/api\//, /^src\/(node|guard)\/(.+\/)?schema(\/.+)?\.ts$/],
    why: 'a screen knows the frame, the contract and the shapes, never the code that carries out',
  },
  { files: /^src\/api\//, may: [/^src\/api\//], why: 'the contract stands on nothing' },
  { files: /^src\/tui\//, may: [/^src\/tui\//, /^src\/api\//], why: 'the frame knows no feature' },
  {
    files: /^src\/(node|guard)\/(.+\/)?(schema|plan)(\/.+)?\.ts$/,
    may: [/^src\/api\//, /^src\/(node|guard)\/(.+\/)?(schema|plan)(\/.+)?\.ts$/],
    why: 'shapes and plans are pure',
  },
  { files: /^src\/system\//, may: [/^src\/(system|api)\//], why: 'adapters know no feature' },
  {
    files: /^src\/node\//,
    may: [/^src\/(node|system|api)\//],
    why: 'a feature stands on adapters and contract',
  },
  {
    files: /^src\/guard\//,
    may: [/^src\/(guard|node|system|api)\//],
    why: 'guard does not need the controller',
  },
  {
    files: /^src\/cli\//,
    may: [
      /^src\/(cli|api)\//,
      /^src\/node\/(.+\/)?schema(\/.+)?\.ts$/,
      /^src\/management\/define\//,
      DEFINITIONS,
    ],
    why: 'a script asks for actions, it does not carry them out',
  },
  {
    files: /^src\/controller\//,
    may: [/^src\/(controller|guard|node|system|api)\//],
    why: 'the controller imports downward only',
  },
  {
    files: /^src\/first-boot\//,
    may: [/^src\/(first-boot|system|api)\//, /^src\/node\/(.+\/)?schema(\/.+)?\.ts$/],
    why: 'the first boot asks the controller, it sets nothing up itself',
  },
  {
    files: /^src\/export\//,
    may: [/^src\/(export|system|api)\//],
    why: 'the export server knows no feature',
  },
  {
    files: /^src\/management\/define\//,
    may: [/^src\/management\/define\//, /^src\/api\//],
    why: 'the language of definitions stands on nothing',
  },
  {
    files: DEFINITIONS,
    may: [/^src\/management\/define\//, DEFINITIONS, /^src\/api\//],
    why: 'a definition is data, which clients read too',
  },
  {
    files: /^src\/management\/(store|bus)\//,
    may: [/^src\/management\/(store|bus|define)\//, /^src\/(node|system|api)\//],
    why: 'the store knows definitions, not what is defined',
  },
  {
    files: /^src\/management\/secrets\//,
    may: [/^src\/management\/(secrets|define)\//, /^src\/(system|api)\//],
    why: 'secrets are sealed and kept without knowing of what they are',
  },
  {
    files: /^src\/management\/jobs\//,
    may: [/^src\/management\/(jobs|define)\//, /^src\/api\//],
    why: 'jobs are carried out without knowing whose they are',
  },
  {
    files: /^src\/management\/calls\//,
    may: [/^src\/management\/(calls|jobs|store|secrets|define)\//, /^src\/api\//],
    why: 'calls are carried out without knowing which resources there are, or which wire they came by',
  },
  {
    files: /^src\/management\/resource\//,
    may: [
      /^src\/management\/(resource|placement|calls|jobs|store|secrets|define)\//,
      /^src\/node\/(.+\/)?schema(\/.+)?\.ts$/,
      /^src\/api\//,
    ],
    why: 'a resource does not see the wire, and of hosts knows what they can be told',
  },
  {
    files: /^src\/management\/wire\//,
    may: [/^src\/management\/(wire|calls|define)\//, /^src\/system\/log\.ts$/, /^src\/api\//],
    why: 'a wire reads, calls and writes, and nothing else',
  },
  {
    files: /^src\/management\/link\//,
    may: [/^src\/management\/(link|jobs|store|bus|secrets|define)\//, /^src\/(node|system|api)\//],
    why: 'the link brings orders without knowing what they are about',
  },
  {
    files: /^src\/management\//,
    may: [/^src\/(management|node|system|api)\//],
    why: 'the management plane imports downward only',
  },
];

/** Packages that live behind one wall. */
const PACKAGES: { name: RegExp; only: RegExp }[] = [
  { name: /^koffi$/, only: /^src\/system\/(posix|pam-check)\.ts$/ },
  { name: /^blessed(-contrib)?(\/|$)/, only: /^src\/tui\// },
  { name: /^systeminformation$/, only: /^src\/node\/hardware\// },
  { name: /^@jellybrick\/dbus-next$/, only: /^src\/system\// },
  { name: /^node:child_process$/, only: /^src\/(system|cli)\// },
];

const IMPORT =
  /(?:^|[\s;])(?:import|export)\b[^'";]*?from\s*['"]([^'"]+)['"]|(?:import|require)\(\s*['"]([^'"]+)['"]\s*\)|^\s*import\s+['"]([^'"]+)['"]/gm;

/** What one file imports, in the order of its lines: packages, and places relative to it. */
const specifiers = (source: string): string[] =>
  [...source.matchAll(IMPORT)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');

/** What one file imports of the project. */
const importsOf = (file: string, source: string): Import[] =>
  specifiers(source)
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => [file, path.posix.join(path.posix.dirname(file), specifier)]);

/** The breaches in one file, a line each. `file` is its path in the project, with forward slashes. */
export function breaches(file: string, source: string): string[] {
  const packages = specifiers(source).filter((specifier) => !specifier.startsWith('.'));
  return [
    ...importsOf(file, source).map(inProject),
    ...packages.map((specifier) => fromPackage(file, specifier)),
  ].filter((breach) => breach !== undefined);
}

function inProject([file, target]: Import): string | undefined {
  const isOver = (why: string) => `${file} imports ${target}: ${why}`;
  if (target === 'screens/main.ts') return isOver('only the launcher starts the console');
  const room = ROOMS.find((row) => row.files.test(file));
  if (room === undefined) return undefined;
  if (!room.may.some((allowed) => allowed.test(target))) return isOver(room.why);
  const why = stranger([file, target]);
  return why === undefined ? undefined : isOver(why);
}

function fromPackage(file: string, specifier: string): string | undefined {
  if (!/^(src|screens)\//.test(file)) return undefined;
  const wall = PACKAGES.find((row) => row.name.test(specifier));
  if (wall === undefined || wall.only.test(file)) return undefined;
  return `${file} imports ${specifier}: that package stays in ${wall.only.source}`;
}

/** Every breach in the project's own sources, circles and rows that nobody needs among them. */
export async function allBreaches(root: string): Promise<string[]> {
  const names = await glob(['src/**/*.ts', 'screens/**/*.ts'], { cwd: root });
  const files = await Promise.all(
    names.map(async (name) => [name, await fs.readFile(path.join(root, name), 'utf8')] as const),
  );
  const imports = files.flatMap((file) => importsOf(...file));
  return [...files.flatMap((file) => breaches(...file)), ...circles(imports), ...unneeded(imports)].sort();
}

if (import.meta.main) {
  const found = await allBreaches(path.resolve(import.meta.dirname, '..'));
  for (const breach of found) console.error(breach);
  process.exitCode = found.length > 0 ? 1 : 0;
}
