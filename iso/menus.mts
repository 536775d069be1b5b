import type { Generation } from './base.mts';

export interface Entry {
  title: string;
  /** What the kernel is told beside where the medium is. */
  options: string;
}

export interface Menu {
  label: string;
  title: string;
  entries: readonly Entry[];
}

/** The three ways to install: on the screen, over the network, and as text where a machine has a serial line alone. */
export function menu(label: string, product: string, generation: Generation): Menu {
  const remote = generation === 9 ? { name: 'VNC', option: 'inst.vnc' } : { name: 'RDP', option: 'inst.rdp' };
  return {
    label,
    title: product,
    entries: [
      { title: `Install ${product}`, options: 'quiet' },
      { title: `Install ${product} over ${remote.name}`, options: `${remote.option} quiet` },
      {
        title: `Install ${product} as text, on the serial line too`,
        options: 'inst.text console=tty0 console=ttyS0,115200n8',
      },
    ],
  };
}

/**
 * A menu of the base with our entries in place of its own; what it sets before them and its submenu for troubleshooting
 * stay, for our label. @param text of isolinux.cfg or of a grub.cfg, told apart by its syntax
 */
export function rewritten(text: string, ours: Menu): string {
  const made = /^\s*menuentry\s/m.test(text) ? grub(text, ours) : isolinux(text, ours);
  return relabelled(made, ours.label);
}

function relabelled(text: string, label: string): string {
  return text
    .replace(/\b(inst\.(?:stage2|repo)=hd:LABEL=)\S+/g, (_, name: string) => `${name}${label}`)
    .replace(
      /^(\s*search\b.*?(?:-l|--label|--fs-label)\s+)('[^']*'|"[^"]*"|\S+)/gm,
      (_, start: string) => `${start}'${label}'`,
    );
}

/** A menu on the serial line too; a GRUB without that module goes on without it. */
const GRUB_SERIAL = `if serial --unit=0 --speed=115200; then
  terminal_input --append serial
  terminal_output --append serial
fi
`;

function grub(text: string, { label, entries }: Menu): string {
  const first = text.search(/^\s*menuentry\s/m);
  const kernel = /^\s*(linux\w*)\s+(\S+)/m.exec(text.slice(first));
  const initrd = /^\s*(initrd\w*)\s+(\S+)/m.exec(text.slice(first));
  const submenu = text.search(/^submenu\s/m);
  const head = text
    .slice(0, first)
    .replace(/^set default=.*$/m, 'set default="0"')
    .replaceAll(GRUB_SERIAL, '');
  const made = entries.map(
    ({ title, options }) => `menuentry '${title}' --class gnu-linux --class os {
\t${kernel?.[1]} ${kernel?.[2]} inst.stage2=hd:LABEL=${label} ${options}
\t${initrd?.[1]} ${initrd?.[2]}
}
`,
  );
  return [head, GRUB_SERIAL, ...made, submenu === -1 ? '' : text.slice(submenu)].join('');
}

function isolinux(text: string, { label, title, entries }: Menu): string {
  const first = text.search(/^label\s/m);
  const kernel = /^\s*kernel\s+(\S+)/m.exec(text.slice(first))?.[1];
  const initrd = /\binitrd=(\S+)/.exec(text.slice(first))?.[1];
  const submenu = text.search(/^menu begin\s/m);
  const head = text
    .slice(0, first)
    .replace(/^serial .*\n/m, '')
    .replace(/^menu title .*$/m, `menu title ${title}`);
  const made = entries.map(
    (entry, index) => `label zs${index}
  menu label ^${index + 1} ${entry.title}
${index === 0 ? '  menu default\n' : ''}  kernel ${kernel}
  append initrd=${initrd} inst.stage2=hd:LABEL=${label} ${entry.options}

`,
  );
  // The directive holds from where it stands on: first of all.
  return ['serial 0 115200\n', head, ...made, submenu === -1 ? '' : text.slice(submenu)].join('');
}
