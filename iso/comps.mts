import type { Role } from '../src/api/role.ts';
import { environmentOf } from '../src/node/bare-metal/plan/kickstart.ts';

const MODES: Record<Role, { name: string; description: string }> = {
  management: {
    name: 'Management Node',
    description:
      'Management service with its database and broker, started by itself; the management console.',
  },
  compute: {
    name: 'Compute Node',
    description: 'Virtual machines by libvirt and QEMU; the compute console.',
  },
  storage: {
    name: 'OCFS2 Storage Node',
    description: 'Shared storage by OCFS2, and virtual machines; the storage console.',
  },
  expert: {
    name: 'Expert Node',
    description: 'Base system with the local repository; becomes any of the other nodes later.',
  },
};
/** The base system, as the base's own comps define it. */
const BASE_GROUP = 'core';

/** The comps of our repository: an environment for each mode, in this order, with a group that brings its role. */
export function comps(roles: readonly Role[]): string {
  const groups = roles.map(
    (role) => `  <group>
    <id>zs-${role}</id>
    <name>${MODES[role].name}</name>
    <description>${MODES[role].description}</description>
    <default>false</default>
    <uservisible>false</uservisible>
    <packagelist>
      <packagereq type="mandatory">zs-role-${role}</packagereq>
      <packagereq type="mandatory">zs-repository</packagereq>
    </packagelist>
  </group>`,
  );
  const environments = roles.map(
    (role, index) => `  <environment>
    <id>${environmentOf(role)}</id>
    <name>${MODES[role].name}</name>
    <description>${MODES[role].description}</description>
    <display_order>${index + 1}</display_order>
    <grouplist>
      <groupid>${BASE_GROUP}</groupid>
      <groupid>zs-${role}</groupid>
    </grouplist>
    <optionlist/>
  </environment>`,
  );
  const doctype = '<!DOCTYPE comps PUBLIC "-//Red Hat, Inc.//DTD Comps info//EN" "comps.dtd">';
  return `<?xml version="1.0" encoding="UTF-8"?>\n${doctype}\n<comps>\n${[...groups, ...environments].join('\n')}\n</comps>\n`;
}

/** A base's comps without its environments, which would stand beside ours; its groups stay. */
export function withoutEnvironments(text: string): string {
  return text.replace(/^[ \t]*<environment>[\s\S]*?<\/environment>[ \t]*\n?/gm, '');
}
