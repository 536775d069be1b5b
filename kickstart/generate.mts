import { $ } from 'zx';
import { bondLine, kickstart } from '../src/node/bare-metal/plan/kickstart.ts';
import type { Answers } from './answers.mts';

/** A kickstart of these answers, for both generations, that asks nothing. The password is in it as a hash alone. */
export async function generated(answers: Answers): Promise<string> {
  const { mode, disks, network, rootPassword } = answers;
  return kickstart({
    ...answers,
    title: `${mode} node, without questions. Wipes: ${disks.join(', ')}`,
    passwordHash: await hashed(rootPassword),
    lines: [
      bondLine({ ...network, device: network.bond, ports: network.nics.join(',') }),
      ...diskLines(answers),
      'reboot --eject',
    ],
  });
}

function diskLines({ disks, swapGb }: Answers): string[] {
  const all = disks.join(',');
  return [
    `ignoredisk --only-use=${all}`,
    'zerombr',
    `clearpart --all --initlabel --disklabel=gpt --drives=${all}`,
    'reqpart --add-boot',
    ...(swapGb === 0 ? [] : [`part swap --size=${swapGb * 1024} --ondisk=${disks[0]}`]),
    `part / --fstype=xfs --size=20480 --grow --ondisk=${disks[0]}`,
  ];
}

async function hashed(password: string): Promise<string> {
  const made = await $({ input: `${password}\n`, quiet: true })`openssl passwd -6 -stdin`;
  return made.stdout.trim();
}
