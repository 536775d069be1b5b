import { readFile } from 'node:fs/promises';
import { say } from '../../api/words.ts';
import { run } from '../../system/exec.ts';
import { bad, type Check, good, joined } from './check.ts';

/** Share of the memory below which programs are slowed or ended. */
const LEAST_FREE = 0.05;
const LIMIT = 10_000;

/** Systems that this product is meant for: name and first number. */
const SYSTEMS: Readonly<Record<string, RegExp>> = {
  debian: /^12$/,
  rocky: /^(9|10)(\.|$)/,
  almalinux: /^(9|10)(\.|$)/,
  centos: /^(9|10)$/,
  rhel: /^(9|10)(\.|$)/,
  ol: /^(9|10)(\.|$)/,
};

/** Checks of memory and system. */
export const MACHINE_CHECKS: readonly Check[] = [
  {
    key: 'memory',
    title: say('memory', '内存'),
    async look() {
      const text = await readFile('/proc/meminfo', 'utf8');
      const kilobytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0);
      const [total, free] = [kilobytes('MemTotal'), kilobytes('MemAvailable')];
      const left = `${Math.round(free / 1024)} MB`;
      if (free / total >= LEAST_FREE) return good(`${left} available`, `可用 ${left}`);
      const largest = await largestProcess();
      return bad(
        say(`only ${left} available; largest: ${largest}`, `仅剩 ${left}；占用最多：${largest}`),
        say(
          'smaller VMs, more memory or swap; restart what grew',
          '减小云主机、增加内存或交换，或重启占用过多的程序',
        ),
      );
    },
  },
  {
    key: 'half-done',
    title: say('changes', '更改'),
    async look({ halfDone }) {
      const [first, ...more] = halfDone();
      if (first === undefined) return good('none stopped half-way', '没有中途停止的更改');
      const words = [first, ...more].map((each) => each.words);
      return bad(joined(words), first.next);
    },
  },
  {
    key: 'system',
    title: say('operating system', '操作系统'),
    async look() {
      const { name, fits } = systemOf(await readFile('/etc/os-release', 'utf8'));
      if (fits) return good(name, name);
      return bad(
        say(`${name} is none that this product is made for`, `本产品不支持 ${name}`),
        say('install from a newer ISO', '请使用更新的 ISO 安装'),
      );
    },
  },
];

/** Name of the system, and whether this product is meant for it, by its os-release. */
export function systemOf(text: string): { name: string; fits: boolean } {
  const value = (key: string) => new RegExp(`^${key}="?([^"\\n]*)"?$`, 'm').exec(text)?.[1] ?? '';
  return {
    name: value('PRETTY_NAME') || value('ID') || 'unknown',
    fits: SYSTEMS[value('ID')]?.test(value('VERSION_ID')) === true,
  };
}

async function largestProcess(): Promise<string> {
  const { stdout } = await run(['ps', '-eo', 'rss,pid,comm', '--sort=-rss', '--no-headers'], {
    timeout: LIMIT,
  });
  const [rss = '0', pid = '?', name = '?'] = stdout.trim().split('\n')[0]?.trim().split(/\s+/) ?? [];
  return `${name} (${pid}) ${Math.round(Number(rss) / 1024)} MB`;
}
